#pragma once

#include <optional>
#include <string>
#include <vector>

#include "matview/control.hpp"
#include "providers/dune/names.hpp"
#include "providers/dune/service.hpp"
#include "providers/dune/view_answers.hpp"

namespace matview::providers::dune {

/// All views of the account, page by page, in the service's order. `unavailable` if the pages do not come to an end.
Result<std::vector<StoredView>> all_views(const Service& service, Control& control);

/// What a dry run takes for true.
enum class Assume { is_there, is_absent };

/// The view of that name as it is now; none if the key sees no such view. Where the account is not known its views are
/// listed first; what was found out long ago is found out again before a view counts as missing.
Result<std::optional<StoredView>> find_view(const Service& service, const ViewName& name, Assume assume,
                                            Control& control);

/// The same for a view that must be there: `not_found` if it is not.
Result<StoredView> require_view(const Service& service, const std::string& name, Control& control);

/// The view of that full name, looked at again.
Result<StoredView> read_again(const Service& service, const std::string& full_name, Control& control);

}  // namespace matview::providers::dune
