// The values that options of table functions take.
#include <fmt/format.h>

#include "providers/lance/udtf_spec.hpp"
#include "providers/remote/settings.hpp"
#include "support/json.hpp"

namespace matview::providers::lance {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// What is wrong with one path; empty if nothing. Backticks quote a whole segment and are doubled inside.
std::string fault_of_path(std::string_view path) {
  if (path.empty()) return "it is empty";
  for (std::size_t i = 0;; ++i) {
    const auto begin = i;
    if (i < path.size() && path[i] == '`') {
      for (++i; i < path.size(); ++i) {
        if (path[i] != '`') continue;
        if (i + 1 < path.size() && path[i + 1] == '`')
          ++i;
        else
          break;
      }
      if (i >= path.size()) return "a backtick has no end";
      if (i == begin + 1) return "a part of it is empty";
      ++i;
      if (i < path.size() && path[i] != '.') return "after a part in backticks comes '.'";
    } else {
      while (i < path.size() && path[i] != '.') {
        if (path[i] == '`') return "a backtick stands inside of a part; it has to quote the whole part";
        ++i;
      }
      if (i == begin) return "a part of it is empty";
    }
    if (i == path.size()) return {};
  }
}

}  // namespace

Result<std::vector<std::string>> parse_field_paths(std::string_view text) {
  std::vector<std::string> paths;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '`') quoted = !quoted;
    if (i < text.size() && (text[i] != ',' || quoted)) continue;
    const auto path = trim(text.substr(begin, i - begin));
    if (const auto wrong = fault_of_path(path); !wrong.empty())
      return fail(Error(ErrorCode::usage, fmt::format("'{}' is no path of a field: {}", path, wrong))
                      .with_hint("write the parts with '.' between them, one that holds '.' or ',' in backticks: "
                                 "meta.`a.b`"));
    paths.emplace_back(path);
    begin = i + 1;
  }
  return paths;
}

Result<Value> json_object_option(const std::string& name, const std::string& text, const Environment& environment,
                                 std::string* source) {
  std::string json = text;
  if (text.starts_with('@')) {
    MATVIEW_ASSIGN(json, remote::read_option_file(name, text.substr(1), environment));
  }
  auto value = support::parse_json(json);
  if (!value)
    return fail(Error(ErrorCode::usage, fmt::format("--{} is no JSON: {}", name, value.error().message))
                    .with_hint(fmt::format("give a JSON object, or @FILE that holds one: --{} @{}.json", name, name)));
  if (value->if_object() == nullptr)
    return fail(ErrorCode::usage, fmt::format("--{} is JSON and no object: {{\"key\": …}}", name));
  if (source != nullptr) *source = json;
  return value;
}

}  // namespace matview::providers::lance
