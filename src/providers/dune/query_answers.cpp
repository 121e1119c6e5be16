#include "providers/dune/query_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "providers/dune/wire.hpp"
#include "providers/remote/fields.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

Result<SavedQuery> read_query(const HttpResponse& response, std::int64_t id) {
  auto read = read_body(response);
  if (!read) {
    Error error = std::move(read).error();
    if (error.code == ErrorCode::not_found)
      error.hint = "the id is wrong, or the query is private and the key belongs to another account";
    return fail(std::move(error).with_context(fmt::format("saved query {}: ", id)));
  }
  const Value& body = *read;
  SavedQuery query;
  query.id = remote::integer(body, "query_id").value_or(id);
  query.name = remote::text(body, "name");
  query.sql = remote::text(body, "query_sql");
  query.owner = remote::text(body, "owner");
  query.is_private = remote::boolean(body, "is_private").value_or(false);
  query.is_archived = remote::boolean(body, "is_archived").value_or(false);
  query.is_unsaved = remote::boolean(body, "is_unsaved").value_or(false);
  query.is_temporary = remote::boolean(body, "is_temp").value_or(false);
  query.version = remote::integer(body, "version");
  query.tags = remote::texts(body, "tags");
  for (const auto& parameter : remote::elements(body, "parameters"))
    query.parameters.push_back(remote::text(parameter, "key"));
  return query;
}

Result<std::int64_t> read_query_id(const HttpResponse& response) {
  auto body = read_body(response);
  if (!body) return fail(maybe_done(std::move(body).error()));
  if (const auto id = remote::integer(*body, "query_id")) return *id;
  // One shape that clients in the field have met.
  if (const auto id = remote::integer(body->at("base"), "query_id")) return *id;
  Error error(ErrorCode::unavailable, "the service saved the query, but did not say under which id");
  error.http_status = response.status;
  error.unanswered = true;
  return fail(std::move(error));
}

Result<void> read_query_changed(const HttpResponse& response) {
  MATVIEW_TRY(read_body(response));
  return {};
}

Result<std::vector<std::string>> read_lineage(const HttpResponse& response, std::int64_t query_id) {
  MATVIEW_ASSIGN(const Value body, read_body(response));
  std::map<std::string, std::string> views;  // by the id of the node
  std::vector<std::string> direct;
  bool has_query = false;
  for (const auto& node : remote::elements(body.at("pipeline"), "nodes")) {
    if (auto name = remote::text(node.at("materialized_view_refresh"), "name"); !name.empty())
      views.emplace(remote::text(node, "id"), std::move(name));
    if (remote::integer(node.at("query_execution"), "query_id") != query_id) continue;
    has_query = true;
    direct = remote::texts(node, "dependencies");
  }
  std::vector<std::string> names;
  for (const auto& [id, name] : views)
    if (!has_query || std::find(direct.begin(), direct.end(), id) != direct.end()) names.push_back(name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<void> check_usable(const SavedQuery& query) {
  const auto refuse = [&](std::string_view why, std::string hint) {
    return fail(Error(ErrorCode::usage, fmt::format("no view can be made from saved query {}: {}", query.id, why))
                    .with_hint(std::move(hint)));
  };
  if (query.is_archived) return refuse("it is archived", "unarchive it, or take another one with --query-id");
  if (query.is_unsaved) return refuse("it was never saved", "save it first");
  if (query.is_temporary) return refuse("it is temporary", "give its SQL with --query: that saves one");
  if (!query.parameters.empty())
    return refuse(fmt::format("it has {} ({})",
                              support::count_noun(static_cast<std::int64_t>(query.parameters.size()), "parameter"),
                              support::strip_control(support::join(query.parameters, ", "))),
                  "a view's query takes no parameters: write their values into the SQL");
  return {};
}

}  // namespace matview::providers::dune
