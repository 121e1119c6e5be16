#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/change.hpp"
#include "app/define.hpp"
#include "app/workspace.hpp"

namespace matview::app {

/// What became of one change.
struct Applied {
  enum class State { applied, unchanged, failed, skipped };

  const Change* change = nullptr;
  State state = State::unchanged;
  std::string remark;          ///< why it was skipped
  std::optional<Error> error;  ///< of one that failed
};

std::string_view to_string(Applied::State state);

/// Hears of each change as it comes to its end, in that order.
class ApplyListener {
 public:
  virtual ~ApplyListener() = default;
  virtual void started(const Change&) {}
  virtual void finished(const Applied&) {}
};

struct ApplyResult {
  std::vector<Applied> applied;  ///< one for each change, in the order they came to their end
  std::optional<Error> error;    ///< what it all comes to, if it was not all well
};

/// Carries out changes that are in order. Each is a step of its own, so that whatever ends this early, comparing anew
/// and going on leads to the same end. One that fails leaves the rest to go on, but for what depends on it; one that
/// another may have to come before, which nothing told, is tried again after the others. Nothing is dropped for good
/// once something failed. `changes` outlives the result.
ApplyResult apply(Workspace& workspace, const std::vector<Change>& changes, const FillOptions& fill,
                  ApplyListener& listener, Control& control);

/// What applying would do or send, change by change, with nothing done.
Result<std::vector<Plan>> plan_apply(Workspace& workspace, const std::vector<Change>& changes, Control& control);

/// The drops and recreations that match none of the globs (NAME or PROFILE:NAME): those that somebody has to agree to.
std::vector<const Change*> drops_to_allow(const std::vector<Change>& changes, const std::vector<std::string>& globs);

}  // namespace matview::app
