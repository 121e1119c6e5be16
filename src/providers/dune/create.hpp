#pragma once

#include "matview/control.hpp"
#include "matview/provider.hpp"
#include "providers/dune/service.hpp"

namespace matview::providers::dune {

/// Makes a view, from SQL (a new saved query) or from a saved query, or changes one that is there: what was not asked
/// for stays. The service runs the query at once and bills it, so that nothing is sent where nothing would change.
/// `last_job` of the view is that run.
Result<View> create(const Service& service, const CreateRequest& request, Control& control);

}  // namespace matview::providers::dune
