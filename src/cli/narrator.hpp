#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "app/refresh.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

class Reporter;

/// Tells of each job of a run as it ends: as events with -o jsonl, its error at once where people read, and in the log.
class Narrator final : public app::RunListener {
 public:
  /// `operation` as in events; `several` if the run is about more than one.
  Narrator(Session& session, std::string operation, bool several)
      : session_(session), operation_(std::move(operation)), several_(several) {}

  void started(const app::Selected& selected) override;
  void finished(const Job& job) override;
  void verified(const Verification& verification) override;
  void unverified(const app::Selected& selected, const Error& error) override;

  /// What the first Ctrl-C comes to; for any thread.
  std::string on_stop() const;

  /// Views that were refreshed and then found wrong, or not verified.
  std::int64_t doubtful() const { return doubtful_; }

 private:
  Session& session_;
  std::string operation_;
  bool several_;
  std::int64_t doubtful_ = 0;
  std::atomic<bool> remote_{false};  ///< jobs run at a backend
};

/// Runs `work`, which is about `several` jobs or one, prints what it came to and answers the exit code, or the error
/// that is left to be told. `name` is what -o name prints. With `verify` the outcome of verifying stands beside the
/// jobs. `reporter`, if there is one, hears of all of it.
Result<int> narrate(Session& session, const std::string& operation, bool several, output::JobName name,
                    const std::function<app::RunResult(app::RunListener&)>& work, bool verify = false,
                    Reporter* reporter = nullptr);

}  // namespace matview::cli
