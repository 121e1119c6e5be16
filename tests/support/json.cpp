#include "support/json.hpp"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace matview::test {

Json parse_json(std::string_view text) { return Json::parse(text, nullptr, false); }

std::vector<Json> parse_json_lines(std::string_view text) {
  std::vector<Json> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(parse_json(text.substr(0, end)));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace matview::test
