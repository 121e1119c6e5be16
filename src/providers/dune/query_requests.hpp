#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/http.hpp"

namespace matview::providers::dune {

struct NewQuery {
  std::string name;
  std::string sql;
  bool is_private = false;
  std::vector<std::string> tags;
};

/// Saves a new query, which is what a view is made from.
HttpRequest create_query(std::string_view api, const NewQuery& query);

/// Only what changes is sent.
struct QueryChange {
  std::optional<std::string> sql;
  std::optional<std::vector<std::string>> tags;
};

HttpRequest change_query(std::string_view api, std::int64_t id, const QueryChange& change);
HttpRequest get_query(std::string_view api, std::int64_t id);

/// The views behind a query, in the order in which the service would refresh them. Free of charge.
HttpRequest get_lineage(std::string_view api, std::int64_t query_id);

}  // namespace matview::providers::dune
