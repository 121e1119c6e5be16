#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "matview/provider.hpp"
#include "providers/lance/marks.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// What the server's answer about a table tells by itself. `kind` is "table" for one that is not known to be a view.
View to_view(const Service& service, const Identifier& id, const Table& table, const Marks& marks);

/// Where the source of a view is; empty where the metadata does not say.
std::optional<Identifier> source_of(const Identifier& view, const Marks& marks);

/// Compares what the view was made from with what the source is now.
void set_freshness(View& view, const Marks& marks, std::optional<std::int64_t> source_version);

/// The view with its size and freshness, as far as the server tells them.
Result<View> describe(const Service& service, const DescribeRequest& request, Control& control);

}  // namespace matview::providers::lance
