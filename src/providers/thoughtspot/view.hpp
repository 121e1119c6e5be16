#pragma once

#include "matview/provider.hpp"
#include "providers/thoughtspot/header.hpp"
#include "providers/thoughtspot/listing_requests.hpp"
#include "providers/thoughtspot/materialization.hpp"

namespace matview::providers::thoughtspot {

/// A view as its header tells it. Its freshness is `unknown`: the API has no word for it, unless a member that speaks
/// of materialization says one of the words that ThoughtSpot's own pages use.
View to_view(const Header& header, const ProviderContext& context);

void add_details(View& view, const Details& details);
void add_materialization(View& view, const std::optional<Materialization>& materialization);

/// Takes over the words Materialized, Stale, Queued, In Progress and Error from a member whose name ends with "status"
/// or "state"; everything else changes nothing.
void read_status(View& view, const Value& members);

}  // namespace matview::providers::thoughtspot
