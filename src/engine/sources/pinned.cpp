#include "engine/sources/pinned.hpp"

#include <algorithm>
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

FileUse use_from(const Json& json) {
  FileUse use;
  use.call = json.at("call");
  use.columns = columns_from(json.at("columns"));
  use.pins = json.at("pins");
  use.replaced = json.at("replaced").get<std::vector<std::string>>();
  use.accepted = json.at("accepted").get<std::map<std::string, std::vector<std::string>>>();
  use.fields = columns_from(json.at("fields"));
  use.header = json.at("header").get<std::vector<std::string>>();
  use.checked = json.at("checked").get<std::vector<std::string>>();
  use.delimiter = static_cast<char>(json.at("delimiter").get<int>());
  use.quote = static_cast<char>(json.at("quote").get<int>());
  use.comment = static_cast<char>(json.at("comment").get<int>());
  use.skip = json.at("skip");
  return use;
}

}  // namespace

bool same_columns(const std::vector<Column>& a, const std::vector<Column>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Column& x, const Column& y) { return x.name == y.name && x.type == y.type; });
}

bool has_columns(const std::vector<Column>& columns, const std::vector<Column>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const Column& column) {
    return std::any_of(columns.begin(), columns.end(),
                       [&](const Column& found) { return found.name == column.name && found.type == column.type; });
  });
}

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
                            {"accepted", use.accepted},
                            {"fields", columns_json(use.fields)},
                            {"header", use.header},
                            {"checked", use.checked},
                            {"delimiter", static_cast<int>(use.delimiter)},
                            {"quote", static_cast<int>(use.quote)},
                            {"comment", static_cast<int>(use.comment)},
                            {"skip", use.skip}});
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
    for (const auto& use : json.value("uses", Json::array())) pinned.uses.push_back(use_from(use));
    return pinned;
  } catch (const Json::exception& exception) {
    return fail(ErrorCode::internal,
                std::string("the catalog's record of a source cannot be read: ") + exception.what());
  }
}

}  // namespace matview::engine
