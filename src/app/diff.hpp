#pragma once

#include <string>
#include <vector>

#include "app/change.hpp"
#include "app/workspace.hpp"
#include "config/views_file.hpp"

namespace matview::app {

struct DiffOptions {
  std::vector<std::string> selectors;  ///< NAME, GLOB, each with PROFILE: before it if wanted; none: all views
  bool prune = false;                  ///< views that are not in the file are to go
};

/// What it takes to make the views as the file has them, upstream before downstream, what is to be dropped last. A view
/// that cannot be compared stands there with its error. `prune` looks at the profiles that views of the file belong to,
/// and at no other: a file without views drops none.
/// `not_found` for a selector that matches nothing, `unsupported` for a provider that does not tell definitions; an
/// error where the views of a profile that is to be pruned cannot be listed.
Result<std::vector<Change>> diff(Workspace& workspace, const std::vector<config::DefinedView>& views,
                                 const DiffOptions& options, Control& control);

/// Upstream before downstream, as far as `depends_on` and the names in the queries of the same profile tell.
void order_by_definition(std::vector<Change>& changes);

/// Whether the SQL has `name` as a word of its own. What it is the name of is not asked.
bool mentions(std::string_view sql, std::string_view name);

}  // namespace matview::app
