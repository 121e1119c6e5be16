#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/thoughtspot/client.hpp"
#include "providers/thoughtspot/header.hpp"

namespace matview::providers::thoughtspot {

/// Every view, by name; names are not unique. Pages to the end, whatever the server says of its pages.
Result<std::vector<Header>> list_views(Client& client, Control& control);

/// What a dry run takes for true.
enum class Expect { there, absent };

/// The id that stands in the requests of a dry run for one that an earlier answer would tell.
constexpr std::string_view k_unknown_id = "GUID";

/// The view of that name or GUID, if there is one. A name must match exactly; `usage`, with all candidates and their
/// ids in the detail, where several views have it. `not_found` where a GUID or name belongs to something else.
Result<std::optional<Header>> find_view(Client& client, const std::string& name, Expect expect, Control& control);

/// The same, and `not_found` where there is none, with a hint where another case of the name would do.
Result<Header> resolve_view(Client& client, const std::string& name, Control& control);

/// The object of that id, of whatever kind.
Result<std::optional<Header>> find_object(Client& client, const std::string& id, Expect expect, Control& control);

}  // namespace matview::providers::thoughtspot
