#include <fmt/format.h>

#include "providers/thoughtspot/address.hpp"
#include "providers/thoughtspot/tml.hpp"
#include "support/json.hpp"

namespace matview::providers::thoughtspot {

namespace {

Value column_of(const TmlColumn& column) {
  Value properties;
  properties.set("column_type", column.measure ? "MEASURE" : "ATTRIBUTE");
  if (column.measure) properties.set("aggregation", "SUM");
  return Value::Object{
      {"name", column.name}, {"sql_output_column", column.name}, {"properties", std::move(properties)}};
}

}  // namespace

Result<std::vector<TmlColumn>> parse_columns(std::string_view text) {
  std::vector<TmlColumn> columns;
  while (true) {
    const auto comma = std::min(text.find(','), text.size());
    const auto item = text.substr(0, comma);
    const auto colon = std::min(item.rfind(':'), item.size());
    const auto type = colon == item.size() ? std::string_view("attribute") : item.substr(colon + 1);
    if (colon == 0 || (type != "attribute" && type != "measure"))
      return fail(Error(ErrorCode::usage, fmt::format("'{}' is no column", item))
                      .with_hint("write NAME:attribute or NAME:measure, with commas between them"));
    columns.push_back({std::string(item.substr(0, colon)), type == "measure"});
    if (comma == text.size()) return columns;
    text.remove_prefix(comma + 1);
  }
}

std::string sql_view_tml(const SqlView& view) {
  Value connection;
  connection.set(is_guid(view.connection) ? "fqn" : "name", view.connection);
  Value body;
  body.set("name", view.name).set("connection", std::move(connection)).set("sql_query", view.query);
  if (!view.columns.empty()) {
    auto columns = Value::array();
    for (const auto& column : view.columns) columns.push(column_of(column));
    body.set("sql_view_columns", std::move(columns));
  }
  return support::to_json(Value::Object{{"sql_view", std::move(body)}}, true);
}

}  // namespace matview::providers::thoughtspot
