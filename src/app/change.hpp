#pragma once

#include <optional>
#include <string>
#include <vector>

#include "matview/error.hpp"
#include "matview/request.hpp"
#include "matview/value.hpp"

namespace matview::app {

/// What it takes to make a view as a views file has it.
enum class Action {
  create,
  change,    ///< what can be altered without touching the rows
  replace,   ///< another definition; the rows are those of the old one until the next refresh
  recreate,  ///< the same where the backend cannot change a view: it is dropped and created again
  unchanged,
  drop,   ///< it is not in the file
  error,  ///< it could not be compared
};

std::string_view to_string(Action action);

/// One thing in which the two sides differ. Lists have one text for each element; none: it is not there.
struct FieldChange {
  std::string key;  ///< as in a views file
  std::vector<std::string> before;
  std::vector<std::string> after;
};

/// One view, as the file has it and as the backend tells it.
struct Change {
  Action action = Action::unchanged;
  std::string profile;
  std::string provider;
  std::string view;    ///< as the backend spells it, where it is there
  std::string reason;  ///< "it is not there yet", "query, schedule"
  std::string effect;  ///< what else it means: rows, bills; may be empty
  std::string where;   ///< in the file; empty for a view to drop
  std::vector<FieldChange> fields;
  std::string diff;                     ///< of the query, as unified_diff has it
  std::vector<std::string> depends_on;  ///< PROFILE:NAME, in the file
  std::optional<Error> error;
  CreateRequest request;     ///< what is to be sent
  std::string wanted_print;  ///< fingerprints of both sides; empty where a side has no such view
  std::string told_print;

  /// PROFILE:NAME
  std::string key() const { return profile + ":" + view; }
  bool alters() const { return action != Action::unchanged && action != Action::error; }
  /// Takes rows away that were not asked to be computed anew.
  bool drops() const { return action == Action::drop || action == Action::recreate; }
};

/// One entry of "changes" in the document of `diff` and `apply`, without `state`.
Value to_value(const Change& change);

/// {"create": 1, …}: how many there are of each action.
Value count_actions(const std::vector<Change>& changes);

/// A request as text in which everything counts: equal requests, equal texts.
std::string canonical_text(const CreateRequest& request);

/// The fields in which two requests differ, but for the space around the query; `query` first.
std::vector<FieldChange> compare(const CreateRequest& before, const CreateRequest& after);

}  // namespace matview::app
