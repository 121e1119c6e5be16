#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/workspace.hpp"
#include "matview/provider.hpp"

namespace matview::app {

/// A view among all profiles: profile and name.
using ViewKey = std::pair<std::string, std::string>;

/// Which views a command is about. Names choose; flags narrow what was chosen, each further one more.
struct Selector {
  /// NAME, GLOB, +NAME, NAME+, each with PROFILE: before the name if wanted, which may be a glob as well.
  std::vector<std::string> terms;
  bool terms_given = false;          ///< terms were asked for, even if there are none (names from an empty stdin)
  bool all = false;                  ///< every view of the profile in use
  bool stale = false;                ///< stale or never filled, and not suspended
  bool failed = false;               ///< the last refresh failed, or a run did not come to it
  bool due = false;                  ///< the schedule has ticked since the last success, and it is not suspended
  bool auto_due = false;             ///< refreshes itself, its sources have changed enough, and it is not suspended
  std::vector<std::string> tags;     ///< has any of them
  std::vector<std::string> exclude;  ///< globs on names
  bool all_profiles = false;         ///< every view of every profile
  /// `failed` means these and no others: what a file of results says.
  std::optional<std::set<ViewKey>> unsettled = {};

  /// Nothing was said at all.
  bool empty() const {
    return !terms_given && !all && !all_profiles && !stale && !failed && !due && !auto_due && tags.empty();
  }
  /// The views are not a person's choice: they are suspended after failures in a row.
  bool unattended() const { return stale || due || auto_due; }
};

/// A view that was selected. Where one plain name was given nothing but its name may be known yet.
struct Selected {
  std::string profile;
  Provider* provider = nullptr;
  View view;
  std::vector<ViewKey> upstream = {};  ///< beside `view.depends_on`: what the views file says, in whatever profile
  /// Why its profile cannot be asked (SelectionNeeds::tolerant). Then no more is known of it than its name, which may
  /// be a glob, and there may be no provider.
  std::optional<Error> refusal = {};
};

/// The name of a view's provider; empty if not even that is known.
std::string provider_name(const Selected& selected);

struct SelectionNeeds {
  bool freshness = false;         ///< views come with their freshness
  bool whole = false;             ///< every field but versions; else one plain name is taken unseen
  bool readers_of_stale = false;  ///< `stale` also takes what reads, however indirectly, from a stale view
  bool details = false;           ///< all that one request a view can tell
  OptionValues options = {};      ///< of the provider; those it does not have for `list` or `show` are left away there
  bool dependencies = false;      ///< `depends_on` also where finding that out costs a request a view
  /// A service that cannot be asked, or a broken store, does not keep the views of other profiles from being selected:
  /// what was meant of it comes along with the error.
  bool tolerant = false;
  /// With `all_profiles`: where the errors of profiles that cannot be asked go; null: the first is the error.
  std::vector<Error>* unreachable = nullptr;
};

/// The views that `selector` means, upstream before downstream, equal ones by name, each once.
/// `not_found`, with the nearest name as a hint, for a name, glob or tag that matches nothing; a flag that leaves
/// nothing over is no error. `usage` for a views file that cannot be understood, where it is needed.
Result<std::vector<Selected>> select(Workspace& workspace, const Selector& selector, const SelectionNeeds& needs,
                                     Control& control);

/// Sorts so that every view stands behind those that it depends on.
void order_by_dependency(std::vector<Selected>& views);

ViewKey key_of(const Selected& selected);
/// All that it reads from directly.
std::vector<ViewKey> upstream_keys(const Selected& selected);

/// `error` with the view of that profile with the nearest name as a hint, if it is `not_found` without one.
Error suggest_view(Error error, Workspace& workspace, std::string_view profile, std::string_view name,
                   Control& control);

}  // namespace matview::app
