#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/selection.hpp"
#include "app/wait.hpp"

namespace matview::app {

/// What to do about a view that another process is refreshing.
enum class IfLocked { fail, skip };

struct RefreshOptions {
  bool full = false;
  bool force = false;
  bool fail_fast = false;  ///< start nothing more once one has failed
  bool verify = false;     ///< each view, once it was refreshed
  bool wait = true;        ///< until jobs that run at a backend have ended, where that can be asked
  WaitOptions waiting = {};
  OptionValues options;
  /// Views that are refreshed at once. Unless said: one in this process, beside up to 8 that backends work at; with
  /// `fail_fast` one.
  std::optional<std::size_t> jobs = {};
  bool unattended = false;  ///< nobody named the views: RefreshRequest::unattended
  IfLocked if_locked = IfLocked::fail;
  Duration lock_timeout{0};  ///< RefreshRequest::lock_timeout
};

/// Hears of a run as it goes, one call at a time, though not always from the same thread. Calls must not take long: the
/// run waits for them.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void started(const Selected&) {}
  /// What became of a view, also of one that was skipped. A job that failed has its error. `settled` is false if the
  /// view is left to be refreshed: it failed, or was skipped because of what others came to.
  virtual void ended(const Selected&, const Job&, bool /*settled*/) {}
  /// The same for those that follow jobs, whatever views they are of.
  virtual void finished(const Job&) {}
  virtual void verified(const Verification&) {}
  /// It was refreshed, and nobody knows whether it holds the rows of its query.
  virtual void unverified(const Selected&, const Error&) {}
};

struct RunResult {
  std::vector<Job> jobs;  ///< one for each view, in the order they came to their end
  std::vector<Verification> verifications;
  std::vector<ViewKey> verified = {};                      ///< the views of the verifications, in that order
  std::vector<std::pair<ViewKey, Error>> unverified = {};  ///< refreshed, but who knows whether they are right
  std::optional<Error> error;                              ///< what the whole run comes to, if it was not all well
};

/// Refreshes views that are in dependency order, several at once if the options say so. A view whose upstream failed or
/// was skipped is skipped, in whatever profile; after a stop signal or the deadline so is all that is left. All that is
/// refreshed in this process sees one state of the sources. With `verify` a view that does not hold the rows of its
/// query makes the run fail, and what reads from it is skipped.
RunResult refresh(Workspace& workspace, const std::vector<Selected>& views, const RefreshOptions& options,
                  RunListener& listener, Control& control);

struct RefreshPlans {
  std::vector<Plan> plans;
  std::vector<std::pair<ViewKey, Error>> failed = {};  ///< views that could not be refreshed, each error with its name
  std::optional<Error> error = {};                     ///< what the whole run would come to
};

/// What refreshing would do, view by view. One that would fail does not keep the others from being planned; what reads
/// from it would be skipped. An error is what ends the whole: a signal, the deadline.
Result<RefreshPlans> plan_refresh(Workspace& workspace, const std::vector<Selected>& views,
                                  const RefreshOptions& options, Control& control);

/// `failed` if any of them differs.
std::optional<Error> difference_error(const std::vector<Verification>& verifications, std::string_view profile_in_use);

/// The error of a run over several of which some failed: the one error there is, the code they share, PARTIAL if
/// others succeeded, else FAILED. `what` as in "2 of 5 WHAT", "views failed to refresh".
std::optional<Error> combined_error(const std::vector<Error>& errors, std::size_t total, std::size_t succeeded,
                                    std::string_view what);

}  // namespace matview::app
