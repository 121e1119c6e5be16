#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/refresh.hpp"
#include "app/run_order.hpp"
#include "app/run_providers.hpp"

namespace matview::app {

/// What the provider is asked for.
RefreshRequest refresh_request(const Selected& selected, const RefreshOptions& options);

/// One run over several views. Its threads are alike: each takes a view that may be begun, refreshes it to its end,
/// whether in this process or by following a job at a backend, and takes the next. It knows what failed, and so what
/// must not start.
class Run {
 public:
  /// All outlive it.
  Run(Workspace& workspace, const std::vector<Selected>& views, const RefreshOptions& options, RunListener& listener,
      Control& control);

  RunResult go();

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// A refresh as it ended; with an error, not well.
  struct Outcome {
    Job job;
    std::optional<Error> error;
  };

  void work();
  /// As `work`; what is thrown, which is a bug or the end of memory, ends the run and is thrown where it began.
  void work_or_break();
  /// Waits for one that may be begun; what is to be skipped is skipped on the way. Empty at the end of the run.
  std::optional<std::size_t> next(Lock& lock);
  std::optional<std::size_t> startable() const;
  void attempt(std::size_t index, Lock& lock);
  /// Without the lock.
  Outcome refresh(Provider& provider, const Selected& selected, Time started);

  // With the lock.
  bool verified(std::size_t index, Result<Verification> verification);
  std::string name_of(const Selected& selected) const;
  std::string reason_to_skip(std::size_t index) const;
  void skip(std::size_t index, const std::string& reason);
  void locked(std::size_t index, const Error& error);
  void failed(std::size_t index, Error error, Job job);
  void put_on_record(Error error, const Selected& selected);
  void finish(std::size_t index, Job job, bool settled);

  Workspace& workspace_;
  const std::vector<Selected>& views_;
  const RefreshOptions& options_;
  RunListener& listener_;
  Control& control_;
  const std::size_t threads_;
  RunProviders providers_;

  std::mutex mutex_;  ///< of all that follows, and of the listener
  std::condition_variable changed_;
  RunOrder order_;
  std::size_t here_ = 0;               ///< views that are refreshed in this process now
  std::vector<std::string> unusable_;  ///< by view: what became of it, if nothing is to build on it
  std::string first_failed_;
  std::vector<Job> jobs_;
  std::vector<Verification> verifications_;
  std::vector<ViewKey> verified_;  ///< whose verifications they are
  std::vector<std::pair<ViewKey, Error>> unverified_;
  std::vector<Error> errors_;
  std::size_t succeeded_ = 0;
  std::optional<Error> stopped_by_;
  std::exception_ptr thrown_;
};

}  // namespace matview::app
