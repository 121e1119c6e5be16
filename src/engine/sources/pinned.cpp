#include "engine/sources/pinned.hpp"

#include <nlohmann/json.hpp>

namespace matview::engine {

namespace {

using Json = nlohmann::json;

Json columns_json(const std::vector<Column>& columns) {
  Json result = Json::array();
  for (const auto& column : columns) result.push_back({column.name, column.type});
  return result;
}

std::vector<Column> columns_from(const Json& json) {
  std::vector<Column> columns;
  for (const auto& column : json) columns.push_back({column.at(0), column.at(1)});
  return columns;
}

}  // namespace

std::string to_json(const Pinned& pinned) {
  Json json = Json::object();
  if (!pinned.patterns.empty()) json["patterns"] = pinned.patterns;
  if (!pinned.columns.empty()) json["columns"] = columns_json(pinned.columns);
  if (!pinned.attachment.empty()) json["attachment"] = pinned.attachment;
  if (!pinned.schema.empty()) json["schema"] = pinned.schema;
  if (!pinned.table.empty()) json["table"] = pinned.table;
  for (const auto& use : pinned.uses)
    json["uses"].push_back({{"call", use.call},
                            {"columns", columns_json(use.columns)},
                            {"pins", use.pins},
                            {"replaced", use.replaced},
                            {"accepted", use.accepted}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Pinned> pinned_from_json(std::string_view text) {
  try {
    const auto json = Json::parse(text);
    Pinned pinned;
    pinned.patterns = json.value("patterns", pinned.patterns);
    pinned.columns = columns_from(json.value("columns", Json::array()));
    pinned.attachment = json.value("attachment", "");
    pinned.schema = json.value("schema", "");
    pinned.table = json.value("table", "");
    for (const auto& use : json.value("uses", Json::array()))
      pinned.uses.push_back(
          {use.at("call"), columns_from(use.at("columns")), use.at("pins"), use.at("replaced"), use.at("accepted")});
    return pinned;
  } catch (const Json::exception& exception) {
    return fail(ErrorCode::internal,
                std::string("the catalog's record of a source cannot be read: ") + exception.what());
  }
}

}  // namespace matview::engine
