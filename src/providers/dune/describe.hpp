#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "matview/control.hpp"
#include "matview/provider.hpp"
#include "providers/dune/query_answers.hpp"
#include "providers/dune/service.hpp"
#include "providers/dune/view_answers.hpp"

namespace matview::providers::dune {

/// What the service's answer about a view tells by itself.
View to_view(const Service& service, const StoredView& stored);

/// Adds what the newest runs tell: last job, state, freshness, when it was filled and with how many rows.
void add_runs(const Service& service, View& view, const StoredView& stored, const std::vector<Job>& newest_first);

/// The view with its runs and its saved query; with `whole` also the views it reads. The query is left out where the
/// key may not read it.
Result<View> describe(const Service& service, const StoredView& stored, bool whole, Control& control);

/// The views of the account by name. `details` is a read for each of them, `freshness` one more for the newest run;
/// they go on in parallel. A view that is gone meanwhile is left out.
Result<std::vector<View>> list(const Service& service, const ListRequest& request, Control& control);

/// The runs of a view that the service still tells of, newest first.
/// What the views read, as far as the service tells it: not every plan and not every query has a lineage. One request a
/// view.
Result<void> add_dependencies(const Service& service, std::vector<View>& views, Control& control);

Result<std::vector<Job>> history(const Service& service, const HistoryRequest& request, Control& control);

}  // namespace matview::providers::dune
