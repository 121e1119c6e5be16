#pragma once

#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "matview/provider.hpp"

namespace matview::app {

/// Which views a command is about. Names choose; flags narrow what was chosen, each further one more.
struct Selector {
  std::vector<std::string> terms;    ///< NAME, GLOB, +NAME, NAME+, each with PROFILE: before the name if wanted
  bool terms_given = false;          ///< terms were asked for, even if there are none (names from an empty stdin)
  bool all = false;                  ///< every view of the profile in use
  bool stale = false;                ///< stale or never filled
  bool failed = false;               ///< the last refresh failed
  bool due = false;                  ///< the schedule has ticked since the last success, and it is not suspended
  bool auto_due = false;             ///< refreshes itself, its sources have changed enough, and it is not suspended
  std::vector<std::string> tags;     ///< has any of them
  std::vector<std::string> exclude;  ///< globs on names

  /// Nothing was said at all.
  bool empty() const { return !terms_given && !all && !stale && !failed && !due && !auto_due && tags.empty(); }
};

/// A view that was selected. Where one plain name was given nothing but its name may be known yet.
struct Selected {
  std::string profile;
  Provider* provider = nullptr;
  View view;
};

struct SelectionNeeds {
  bool freshness = false;         ///< views come with their freshness
  bool whole = false;             ///< every field but versions; else one plain name is taken unseen
  bool readers_of_stale = false;  ///< `stale` also takes what reads, however indirectly, from a stale view
  bool details = false;           ///< all that one request a view can tell
  OptionValues options = {};      ///< of the provider; those it does not have for `list` or `show` are left away there
};

/// The views that `selector` means, upstream before downstream, equal ones by name, each once.
/// `not_found`, with the nearest name as a hint, for a name, glob or tag that matches nothing; a flag that leaves
/// nothing over is no error.
Result<std::vector<Selected>> select(Workspace& workspace, const Selector& selector, const SelectionNeeds& needs,
                                     Control& control);

/// Sorts so that every view stands behind those of the same profile that it depends on.
void order_by_dependency(std::vector<Selected>& views);

/// `error` with the view of that profile with the nearest name as a hint, if it is `not_found` without one.
Error suggest_view(Error error, Workspace& workspace, std::string_view profile, std::string_view name,
                   Control& control);

}  // namespace matview::app
