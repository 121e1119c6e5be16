#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace matview::test {

/// Keeps the order of the keys, as our documents do.
using Json = nlohmann::ordered_json;

/// The document, or a discarded value where `text` is not exactly one JSON document.
inline Json parse_json(std::string_view text) { return Json::parse(text, nullptr, false); }

/// One document for each line of JSON lines.
inline std::vector<Json> parse_json_lines(std::string_view text) {
  std::vector<Json> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(parse_json(text.substr(0, end)));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

/// The keys of an object, in their order.
inline std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace matview::test
