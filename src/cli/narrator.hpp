#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/refresh.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

/// Tells of each job of a run as it ends: as events with -o jsonl, its error at once where people read.
class Narrator final : public app::RunListener {
 public:
  /// `operation` as in events; `several` if the run is about more than one.
  Narrator(Session& session, std::string operation, bool several)
      : session_(session), operation_(std::move(operation)), several_(several) {}

  void started(const app::Selected& selected) override;
  void finished(const Job& job) override;
  void verified(const Verification& verification) override;
  void unverified(const app::Selected& selected, const Error& error) override;

  /// Views that were refreshed and then found wrong, or not verified.
  std::int64_t doubtful() const { return doubtful_; }

 private:
  Session& session_;
  std::string operation_;
  bool several_;
  std::int64_t doubtful_ = 0;
};

/// Runs `work`, which is about `several` jobs or one, prints what it came to and answers the exit code, or the error
/// that is left to be told. `name` is what -o name prints. With `verify` the outcome of verifying stands beside the
/// jobs.
Result<int> narrate(Session& session, const std::string& operation, bool several, output::JobName name,
                    const std::function<app::RunResult(app::RunListener&)>& work, bool verify = false);

}  // namespace matview::cli
