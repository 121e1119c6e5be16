#include "providers/dune/view_requests.hpp"

#include <fmt/format.h>

#include "providers/dune/wire.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::string_view k_views = "v1/materialized-views";

std::string path_of(std::string_view full_name) {
  return fmt::format("{}/{}", k_views, http::percent_encode(full_name));
}

}  // namespace

HttpRequest upsert_view(std::string_view api, const ViewSettings& settings) {
  Value body;
  body.set("name", settings.name).set("query_id", settings.query_id).set("is_private", settings.is_private);
  if (!settings.performance.empty()) body.set("performance", settings.performance);
  if (!settings.cron.empty()) {
    body.set("cron_expression", settings.cron);
    if (settings.expires_at) body.set("expires_at", support::format_rfc3339(*settings.expires_at));
  }
  HttpRequest request = post_request(fmt::format("create view '{}'", settings.name), api, k_views, body);
  request.retry = RetryRule::submit();
  request.assumed = assumed(Value().set("name", settings.name).set("execution_id", "EXECUTION_ID"));
  return request;
}

HttpRequest get_view(std::string_view api, std::string_view full_name) {
  return get_request(fmt::format("read view '{}'", full_name), api, path_of(full_name));
}

HttpRequest list_views(std::string_view api, std::int64_t limit, std::int64_t offset) {
  return get_request("list the views", api, k_views,
                     {{"limit", std::to_string(limit)}, {"offset", std::to_string(offset)}});
}

HttpRequest refresh_view(std::string_view api, std::string_view full_name, std::string_view performance) {
  Value body = Value::object();
  if (!performance.empty()) body.set("performance", performance);
  HttpRequest request =
      post_request(fmt::format("refresh view '{}'", full_name), api, path_of(full_name) + "/refresh", body);
  request.retry = RetryRule::submit();
  request.assumed = assumed(Value().set("sql_id", full_name).set("execution_id", "EXECUTION_ID"));
  return request;
}

HttpRequest delete_view(std::string_view api, std::string_view full_name) {
  HttpRequest request = get_request(fmt::format("drop view '{}'", full_name), api, path_of(full_name));
  request.method = "DELETE";
  request.retry = RetryRule::idempotent();
  request.assumed = assumed(Value().set("message", "ok"));
  return request;
}

}  // namespace matview::providers::dune
