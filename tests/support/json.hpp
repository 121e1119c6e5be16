#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

// Compiled once, in json.cpp: it was a fifth of what most tests took to compile.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace matview::test {

/// Keeps the order of the keys, as our documents do.
using Json = nlohmann::ordered_json;

/// The document, or a discarded value where `text` is not exactly one JSON document.
Json parse_json(std::string_view text);

/// One document for each line of JSON lines.
std::vector<Json> parse_json_lines(std::string_view text);

/// The keys of an object, in their order.
std::vector<std::string> keys(const Json& object);

}  // namespace matview::test
