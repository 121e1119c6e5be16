#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/workspace.hpp"

namespace matview::app {

/// A job that is to be followed, as it was seen last.
struct Followed {
  std::string profile;
  Provider* provider = nullptr;
  Job job;
  bool unseen = false;  ///< `job` is only what is on record: look at once, whatever its state
};

struct WaitOptions {
  bool cancel_on_timeout = false;
  /// Of a backend that cannot be asked: so many looks in a row, over so long a time, and the waiting ends.
  int most_failures = 10;
  Duration patience = std::chrono::minutes(5);
};

/// Follows jobs until each has ended, asking their backends at growing, jittered intervals: the profile's poll interval
/// at first, 15 times that at most. In one thread: jobs are followed while `run` runs. How a job ended is put on
/// record.
class Follower {
 public:
  /// Called once for each job, as it happens, with the job as it was seen last: ended, well or not; or, with an error,
  /// followed no longer: `timeout` at the control's deadline (with `cancel_on_timeout` the backend was then asked to
  /// end the job), `interrupted` and `terminated`, `unavailable` after too many failures, and whatever else a backend
  /// answers that another look will not change. Hints say how to go on. Must not call the follower.
  using Ended = std::function<void(std::size_t index, Job job, std::optional<Error> error)>;

  /// All outlive it.
  Follower(Workspace& workspace, WaitOptions options, Control& control, Ended ended);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  /// `index` is the caller's. A job that has ended is told of at once.
  void add(Followed followed, std::size_t index);

  /// Follows until all have ended, or `enough` says so; it is asked whenever one has ended.
  void run(const std::function<bool()>& enough = [] { return false; });

  std::size_t size() const { return ways_.size(); }

 private:
  /// One job on its way.
  struct Way {
    Followed followed;
    std::size_t index = 0;
    Duration interval{};  ///< until the look after the next
    Duration longest{};
    std::chrono::steady_clock::time_point next = {};
    int failures = 0;
    std::chrono::steady_clock::time_point first_failure = {};
  };

  void schedule(Way& way) const;
  void tell(const Job& job) const;
  /// Empty while the job goes on.
  std::optional<Result<Job>> look(Way& way);
  std::optional<Result<Job>> unreachable(Way& way, Error error);
  Error given_up(const Way& way, Error error) const;
  /// The same for all that are left.
  void stop(const Error& reason);
  void cancel(Way& way, Error& error) const;

  Workspace& workspace_;
  const WaitOptions options_;
  Control& control_;
  const Ended ended_;
  std::vector<Way> ways_;
};

/// What a look at a job left open, from what was known of it.
Job completed(Job job, const Job& known);

/// Puts how a job ended on record, if there is a record of it.
void put_on_record(Workspace& workspace, const Job& job, Control& control);

}  // namespace matview::app
