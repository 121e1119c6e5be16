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
/// at first, 15 times that at most. `ended` is called once for each, with its index, as it happens: with the job as it
/// ended, well or not, or with why it is followed no longer: `timeout` at the control's deadline (with
/// `cancel_on_timeout` the backend was then asked to end the job), `interrupted` and `terminated`, `unavailable` after
/// too many failures, and whatever else a backend answers that another look will not change. Hints say how to go on.
/// How a job ended is put on record.
void follow(Workspace& workspace, std::vector<Followed> jobs, const WaitOptions& options, Control& control,
            const std::function<void(std::size_t index, Result<Job> ended)>& ended);

/// The same for one.
Result<Job> follow(Workspace& workspace, Followed job, const WaitOptions& options, Control& control);

/// What a look at a job left open, from what was known of it.
Job completed(Job job, const Job& known);

/// Puts how a job ended on record, if there is a record of it.
void put_on_record(Workspace& workspace, const Job& job, Control& control);

/// True if the provider's jobs run at a backend that can be asked how they go on.
bool can_wait(const Provider& provider);

/// What a job that ended comes to, if it did not end well: its own error, or that it was cancelled, or `unavailable`
/// where nobody knows.
std::optional<Error> error_of(const Job& job);

}  // namespace matview::app
