#include "output/format.hpp"

#include <array>
#include <utility>

namespace matview::output {

namespace {

constexpr std::array<std::pair<Format, std::string_view>, 6> k_formats{{
    {Format::table, "table"},
    {Format::wide, "wide"},
    {Format::json, "json"},
    {Format::jsonl, "jsonl"},
    {Format::csv, "csv"},
    {Format::name, "name"},
}};

}  // namespace

std::string_view to_string(Format format) {
  for (const auto& [candidate, name] : k_formats)
    if (candidate == format) return name;
  return "table";
}

std::optional<Format> format_from(std::string_view text) {
  for (const auto& [format, name] : k_formats)
    if (name == text) return format;
  return std::nullopt;
}

const std::vector<std::string>& format_names() {
  static const std::vector<std::string> k_names = [] {
    std::vector<std::string> names;
    for (const auto& entry : k_formats) names.emplace_back(entry.second);
    return names;
  }();
  return k_names;
}

bool is_json(Format format) { return format == Format::json || format == Format::jsonl; }

}  // namespace matview::output
