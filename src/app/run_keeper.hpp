#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/refresh.hpp"
#include "app/run_results.hpp"
#include "app/unsettled.hpp"
#include "support/lock.hpp"

namespace matview::app {

/// Keeps what becomes of a run as it goes, so that `--failed` goes on where it stopped, however it stopped: in the
/// user's book, and in a file of results if there is to be one. Passes on everything it hears.
class RunKeeper final : public RunListener {
 public:
  /// All outlive it.
  RunKeeper(Workspace& workspace, RunListener& next, std::optional<RunResults> results);

  /// Puts all views down as still to be done; `results` has done so already.
  void begin(const std::vector<Selected>& views);
  /// The run is over. An error means that the file of results could not be written.
  Result<void> end();

  void started(const Selected& selected) override { next_.started(selected); }
  void ended(const Selected& selected, const Job& job, bool settled) override;
  void finished(const Job& job) override { next_.finished(job); }
  void verified(const Verification& verification) override { next_.verified(verification); }
  void unverified(const Selected& selected, const Error& error) override { next_.unverified(selected, error); }

 private:
  Unsettled entry(const Selected& selected, std::string state, std::string reason) const;
  void save();

  Workspace& workspace_;
  RunListener& next_;
  std::optional<RunResults> results_;
  RunBook book_;
  std::string run_;
  std::optional<support::FileLock> lock_;
  std::vector<Unsettled> changes_;  ///< not in the book yet
  Result<void> written_;
  std::chrono::steady_clock::time_point save_at_;
};

}  // namespace matview::app
