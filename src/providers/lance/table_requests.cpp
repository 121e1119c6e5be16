#include "providers/lance/table_requests.hpp"

#include <fmt/format.h>

namespace matview::providers::lance {

namespace {

std::string table_path(const Identifier& table, std::string_view action) {
  return fmt::format("v1/table/{}/{}", segment(table), action);
}

std::string shown(const Identifier& id) { return join_path(id.path, id.delimiter); }

}  // namespace

HttpRequest list_tables(const Endpoint& endpoint, const Identifier& space, std::string_view token) {
  auto request = get(endpoint, "list tables", fmt::format("v1/namespace/{}/table/list", segment(space)),
                     page_parameters(space, token));
  request.assumed.body = R"({"tables":[]})";
  return request;
}

HttpRequest list_all_tables(const Endpoint& endpoint, const Identifier& root, std::string_view token) {
  auto request = get(endpoint, "list all tables", "v1/table", page_parameters(root, token));
  request.assumed.body = R"({"tables":[]})";
  return request;
}

HttpRequest describe_table(const Endpoint& endpoint, const Identifier& table) {
  auto parameters = delimiter_parameter(table);
  parameters.emplace_back("load_detailed_metadata", "true");
  auto request = post(endpoint, fmt::format("describe '{}'", shown(table)), table_path(table, "describe"), parameters,
                      body_with_id(table));
  request.assumed.body = R"({"version":1,"metadata":{"geneva::view::query":"{}"}})";
  return request;
}

HttpRequest table_exists(const Endpoint& endpoint, const Identifier& table) {
  return post(endpoint, fmt::format("look for '{}'", shown(table)), table_path(table, "exists"),
              delimiter_parameter(table), body_with_id(table));
}

HttpRequest drop_table(const Endpoint& endpoint, const Identifier& table) {
  auto request = post_without_body(endpoint, fmt::format("drop '{}'", shown(table)), table_path(table, "drop"),
                                   delimiter_parameter(table));
  request.retry = busy_only();
  return request;
}

HttpRequest list_versions(const Endpoint& endpoint, const Identifier& table, std::int64_t limit) {
  auto parameters = delimiter_parameter(table);
  parameters.emplace_back("limit", std::to_string(limit));
  parameters.emplace_back("descending", "true");
  auto request = post_without_body(endpoint, fmt::format("versions of '{}'", shown(table)),
                                   table_path(table, "version/list"), parameters);
  request.assumed.body = R"({"versions":[]})";
  return request;
}

HttpRequest table_stats(const Endpoint& endpoint, const Identifier& table) {
  return post(endpoint, fmt::format("size of '{}'", shown(table)), table_path(table, "stats"),
              delimiter_parameter(table), body_with_id(table));
}

}  // namespace matview::providers::lance
