#include "providers/dune/definition.hpp"

#include <fmt/format.h>

#include "providers/dune/create_spec.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/query_requests.hpp"
#include "support/cron.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

std::string canonical_cron(const std::string& text) {
  const auto cron = support::Cron::parse(text);
  return cron ? cron->text() : text;
}

std::string canonical_time(const std::string& text) {
  const auto time = support::parse_rfc3339(text);
  return time ? support::format_rfc3339(*time) : text;
}

/// Options that speak of a schedule, and mean nothing where there is none.
void erase_schedule(OptionValues& options) {
  for (const char* name : {"schedule", "expires-at", "performance"}) options.erase(name);
}

}  // namespace

CreateRequest to_request(const Service& service, const StoredView& stored, const SavedQuery& query) {
  CreateRequest request;
  request.name = service.shown(stored.full_name);
  request.query = query.sql;
  request.tags = query.tags;
  auto& options = request.options;
  if (stored.query_id) options["query-id"] = {std::to_string(*stored.query_id)};
  if (stored.is_private.value_or(false)) options["private"] = {};
  if (!stored.schedule || stored.schedule->cron.empty()) return request;
  options["schedule"] = {canonical_cron(stored.schedule->cron)};
  if (!stored.schedule->performance.empty()) options["performance"] = {stored.schedule->performance};
  if (stored.schedule->expires_at) options["expires-at"] = {support::format_rfc3339(*stored.schedule->expires_at)};
  return request;
}

Result<CreateRequest> definition(const Service& service, const DescribeRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto stored, require_view(service, request.name, control));
  SavedQuery query;
  if (const auto id = stored.query_id) {
    MATVIEW_ASSIGN(query, service.ask(
                              get_query(service.api(), *id),
                              [&](const HttpResponse& response) { return read_query(response, *id); }, control));
  }
  return to_request(service, stored, query);
}

CreateRequest merged(const CreateRequest& wanted, const CreateRequest& told) {
  CreateRequest request = told;
  request.kind = wanted.kind;
  if (!wanted.query.empty() && !same_sql(wanted.query, told.query)) request.query = wanted.query;
  if (!wanted.tags.empty()) request.tags = wanted.tags;
  auto& options = request.options;
  for (const auto& [name, values] : wanted.options) {
    if (name == "public") options.erase("private");
    if (name == "private" || name == "query-id" || name == "performance") options[name] = values;
    if (name == "schedule" && !values.empty()) options[name] = {canonical_cron(values.back())};
    if (name == "expires-at" && !values.empty()) options[name] = {canonical_time(values.back())};
  }
  if (wanted.options.contains("no-schedule")) erase_schedule(options);
  // The service keeps a tier for scheduled runs only.
  if (!options.contains("schedule")) erase_schedule(options);
  return request;
}

}  // namespace matview::providers::dune
