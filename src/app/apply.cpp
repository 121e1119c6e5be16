#include "app/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/diff.hpp"
#include "app/names.hpp"
#include "app/refresh.hpp"
#include "support/glob.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

using State = Applied::State;

bool ends_the_run(ErrorCode code) {
  return code == ErrorCode::interrupted || code == ErrorCode::terminated || code == ErrorCode::timeout;
}

/// One application of changes: each once, and again while others of them succeed; what goes goes last.
class Application {
 public:
  Application(Workspace& workspace, const std::vector<Change>& changes, const FillOptions& fill,
              ApplyListener& listener, Control& control)
      : workspace_(workspace), changes_(changes), fill_(fill), listener_(listener), control_(control) {}

  ApplyResult run() {
    std::vector<const Change*> pending;
    for (const auto& change : changes_)
      if (change.action != Action::drop) pending.push_back(&change);
    while (!pending.empty()) pending = round(pending);
    for (const auto& change : changes_)
      if (change.action == Action::drop) drop_for_good(change);
    std::size_t well = 0;
    for (const auto& applied : result_.applied)
      well += applied.state == State::applied || applied.state == State::unchanged ? 1 : 0;
    const auto skipped = std::any_of(result_.applied.begin(), result_.applied.end(),
                                     [](const Applied& applied) { return applied.state == State::skipped; });
    result_.error = combined_error(errors_, changes_.size(), well, "changes failed");
    if (result_.error && skipped && well > 0 && !ends_the_run(result_.error->code))
      result_.error->code = ErrorCode::partial;
    return std::move(result_);
  }

 private:
  /// Tries each once; answers with those that may succeed after others have.
  std::vector<const Change*> round(const std::vector<const Change*>& pending) {
    std::vector<const Change*> again;
    std::vector<Error> reasons;
    std::size_t done = 0;
    for (const auto* change : pending) {
      if (!change->alters()) {
        leave(*change);
        continue;
      }
      if (auto why = obstacle(*change); !why.empty()) {
        skip(*change, std::move(why));
        continue;
      }
      listener_.started(*change);
      auto outcome = carry_out(*change);
      if (outcome) {
        ++done;
        finish({change, State::applied, {}, {}});
      } else if (may_wait(outcome.error(), *change, pending)) {
        again.push_back(change);
        reasons.push_back(std::move(outcome).error());
      } else {
        failed(*change, std::move(outcome).error());
      }
    }
    if (done > 0 && !stopped_) return again;
    for (std::size_t i = 0; i < again.size(); ++i) {
      if (auto why = obstacle(*again[i]); !why.empty())
        skip(*again[i], std::move(why));
      else
        failed(*again[i], std::move(reasons[i]));
    }
    return {};
  }

  /// A query that names what is not there yet fails as one that is wrong does.
  bool may_wait(const Error& error, const Change& change, const std::vector<const Change*>& pending) const {
    if (error.code != ErrorCode::usage && error.code != ErrorCode::not_found && error.code != ErrorCode::failed)
      return false;
    if (error.unanswered || change.request.with_data) return false;
    return std::any_of(pending.begin(), pending.end(), [&](const Change* other) {
      return other != &change && other->profile == change.profile && other->alters() && !ended_.contains(other);
    });
  }

  Result<void> carry_out(const Change& change) {
    CreateRequest request = change.request;
    if (change.action == Action::recreate) {
      MATVIEW_TRY(drop(workspace_, change.profile, {change.view, true}, control_));
      request.replace = false;
    }
    // What keeps its rows has nothing to be filled with, unless it was never filled.
    if (change.action == Action::change && !change.fields.empty()) request.with_data = false;
    MATVIEW_TRY(create(workspace_, change.profile, request, fill_, control_));
    return {};
  }

  void drop_for_good(const Change& change) {
    if (stopped_) return skip(change, "the run ended before");
    if (!errors_.empty()) return skip(change, "another change failed: nothing is dropped then");
    listener_.started(change);
    auto dropped = drop(workspace_, change.profile, {change.view, true}, control_);
    if (!dropped) return failed(change, std::move(dropped).error());
    finish({&change, State::applied, {}, {}});
  }

  std::string obstacle(const Change& change) const {
    if (stopped_) return "the run ended before";
    for (const auto* other : bad_) {
      const bool named =
          std::find(change.depends_on.begin(), change.depends_on.end(), other->key()) != change.depends_on.end();
      if (named || (other->profile == change.profile && mentions(change.request.query, other->view)))
        return fmt::format("'{}' failed", display_name(other->profile, other->view, workspace_.profile_in_use()));
    }
    return {};
  }

  void leave(const Change& change) {
    if (change.error) return failed(change, *change.error);
    finish({&change, State::unchanged, {}, {}});
  }

  void failed(const Change& change, Error error) {
    if (ends_the_run(error.code)) stopped_ = true;
    errors_.push_back(error);
    bad_.push_back(&change);
    finish({&change, State::failed, {}, std::move(error)});
  }

  void skip(const Change& change, std::string why) {
    bad_.push_back(&change);
    finish({&change, State::skipped, std::move(why), {}});
  }

  void finish(Applied applied) {
    ended_.insert(applied.change);
    listener_.finished(applied);
    result_.applied.push_back(std::move(applied));
  }

  Workspace& workspace_;
  const std::vector<Change>& changes_;
  const FillOptions& fill_;
  ApplyListener& listener_;
  Control& control_;
  ApplyResult result_;
  std::vector<Error> errors_;
  std::vector<const Change*> bad_;  ///< failed or skipped
  std::set<const Change*> ended_;
  bool stopped_ = false;
};

}  // namespace

std::string_view to_string(State state) {
  switch (state) {
    case State::applied: return "applied";
    case State::unchanged: return "unchanged";
    case State::failed: return "failed";
    case State::skipped: break;
  }
  return "skipped";
}

ApplyResult apply(Workspace& workspace, const std::vector<Change>& changes, const FillOptions& fill,
                  ApplyListener& listener, Control& control) {
  return Application(workspace, changes, fill, listener, control).run();
}

Result<std::vector<Plan>> plan_apply(Workspace& workspace, const std::vector<Change>& changes, Control& control) {
  std::vector<Plan> plans;
  std::set<std::string> made;  // by the changes before
  for (const auto& change : changes) {
    if (change.error) return fail(*change.error);
    if (!change.alters()) continue;
    if (change.drops()) {
      MATVIEW_ASSIGN(auto plan, plan_drop(workspace, change.profile, {change.view, true}, control));
      plans.push_back(std::move(plan));
    }
    if (change.action == Action::drop) continue;
    CreateRequest request = change.request;
    if (change.action == Action::recreate) request.replace = false;
    auto plan = plan_create(workspace, change.profile, request, control);
    const bool leans =
        std::any_of(made.begin(), made.end(), [&](const std::string& name) { return mentions(request.query, name); });
    if (!plan && !leans) return fail(std::move(plan).error());
    if (!plan) {
      // What it reads is not there before the run has made it, so that it cannot be looked at.
      plan = Plan();
      plan->operation = "create";
      plan->view = change.view;
      plan->profile = change.profile;
      plan->sql = request.query;
    }
    plan->mode = to_string(change.action);
    plan->reason = change.reason;
    made.insert(change.view);
    plans.push_back(*std::move(plan));
  }
  return plans;
}

std::vector<const Change*> drops_to_allow(const std::vector<Change>& changes, const std::vector<std::string>& globs) {
  std::vector<const Change*> left;
  for (const auto& change : changes) {
    const auto allowed = [&](const std::string& glob) {
      const bool qualified = glob.find(':') != std::string::npos;
      return support::glob_match(glob, qualified ? change.key() : change.view);
    };
    if (change.drops() && std::none_of(globs.begin(), globs.end(), allowed)) left.push_back(&change);
  }
  return left;
}

}  // namespace matview::app
