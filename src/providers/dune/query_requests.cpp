#include "providers/dune/query_requests.hpp"

#include <fmt/format.h>

#include "providers/dune/wire.hpp"
#include "support/members.hpp"

namespace matview::providers::dune {

namespace {

HttpResponse assumed_id(std::int64_t id) { return assumed(Value().set("query_id", id)); }

}  // namespace

HttpRequest create_query(std::string_view api, const NewQuery& query) {
  Value body;
  body.set("name", query.name).set("query_sql", query.sql).set("is_private", query.is_private);
  if (!query.tags.empty()) body.set("tags", support::array_of(query.tags));
  HttpRequest request = post_request(fmt::format("save the query of view '{}'", query.name), api, "v1/query", body);
  request.retry = RetryRule::submit();
  request.assumed = assumed_id(0);
  return request;
}

HttpRequest change_query(std::string_view api, std::int64_t id, const QueryChange& change) {
  Value body = Value::object();
  if (change.sql) body.set("query_sql", *change.sql);
  if (change.tags) body.set("tags", support::array_of(*change.tags));
  HttpRequest request =
      post_request(fmt::format("change saved query {}", id), api, fmt::format("v1/query/{}", id), body);
  request.method = "PATCH";
  request.retry = RetryRule::idempotent();
  request.assumed = assumed_id(id);
  return request;
}

HttpRequest get_query(std::string_view api, std::int64_t id) {
  return get_request(fmt::format("read saved query {}", id), api, fmt::format("v1/query/{}", id));
}

HttpRequest get_lineage(std::string_view api, std::int64_t query_id) {
  return get_request(fmt::format("read what saved query {} depends on", query_id), api,
                     fmt::format("v1/query/{}/pipeline", query_id));
}

}  // namespace matview::providers::dune
