#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/tml.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
  return text;
}

bool is_json(std::string_view tml) {
  const auto text = without_mark(tml);
  const auto at = text.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && text[at] == '{';
}

/// A key that says which object the document is and not what it is like.
bool is_identity(std::string_view key) { return key == "guid" || key == "obj_id"; }

Error no_tml(std::string_view why) {
  return Error(ErrorCode::usage, fmt::format("this is no TML of a view: {}", why))
      .with_hint(
          "TML is what 'matview show' prints of a view, and what ThoughtSpot exports: a document with 'view:' or "
          "'sql_view:' at its root");
}

/// The value of a plain, single or double quoted scalar; empty for a block or a collection.
std::string scalar(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.find_first_of("|>{[&*!") == 0) return {};
  if (text.front() == '\'') {
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '\'' && (i + 1 == text.size() || text[i + 1] != '\'')) return value;
      if (text[i] == '\'') ++i;
      value += text[i];
    }
    return {};
  }
  if (text.front() == '"') {
    // The escapes of a name are those of JSON.
    std::size_t end = 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size()) return {};
    const auto value = support::parse_json(text.substr(0, end + 1));
    return value && value->if_string() ? *value->if_string() : std::string();
  }
  return std::string(trim(text.substr(0, text.find(" #"))));
}

/// A line of a block mapping.
struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< behind the line's end
  std::size_t indent = 0;
  std::string key;  ///< empty for everything that is no "key: value"
  std::string_view value;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < text.size();) {
    Line line;
    line.begin = at;
    line.end = std::min(text.find('\n', at), text.size() - 1) + 1;
    at = line.end;
    const auto whole = text.substr(line.begin, line.end - line.begin);
    line.indent = std::min(whole.find_first_not_of(' '), whole.size());
    const auto rest = trim(whole.substr(line.indent, whole.find('\n') - line.indent));
    if (rest.empty() || rest.front() == '#') continue;
    const auto colon = rest.find(':');
    const bool is_key = colon != std::string_view::npos && (colon + 1 == rest.size() || rest[colon + 1] == ' ') &&
                        std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(colon),
                                    [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
    if (is_key) {
      line.key = std::string(rest.substr(0, colon));
      line.value = rest.substr(colon + 1);
    } else {
      line.value = rest;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<TmlOutline> outline_of_json(std::string_view tml) {
  auto document = support::parse_json(without_mark(tml));
  if (!document) return fail(no_tml(document.error().message));
  TmlOutline outline;
  for (const auto& [key, value] : *document->if_object()) {
    if (key == "guid") outline.guid = remote::text(*document, key);
    if (is_identity(key)) continue;
    if (!outline.kind.empty())
      return fail(no_tml(fmt::format("it has both '{}' and '{}'", outline.kind, support::strip_control(key))));
    outline.kind = key;
    outline.name = remote::text(value, "name");
  }
  return outline;
}

Result<TmlOutline> outline_of_yaml(std::string_view tml) {
  TmlOutline outline;
  std::size_t inner = 0;  // how far the members of the object stand in; 0 before the first
  for (const auto& line : lines_of(without_mark(tml))) {
    const bool marks = line.indent == 0 && (line.value == "---" || line.value == "..." || line.value.starts_with('%'));
    if (marks) {
      if (line.value == "---" && !outline.kind.empty()) return fail(no_tml("it holds more than one document"));
      continue;
    }
    if (line.indent == 0 && !line.key.empty()) {
      if (line.key == "guid") outline.guid = scalar(line.value);
      if (is_identity(line.key)) continue;
      if (!outline.kind.empty()) return fail(no_tml(fmt::format("it has both '{}' and '{}'", outline.kind, line.key)));
      outline.kind = line.key;
      continue;
    }
    if (outline.kind.empty() || line.indent == 0) continue;
    if (inner == 0) inner = line.indent;
    if (line.indent == inner && line.key == "name" && outline.name.empty()) outline.name = scalar(line.value);
  }
  return outline;
}

}  // namespace

Result<TmlOutline> read_tml(std::string_view tml) {
  if (support::valid_utf8(tml) != tml) return fail(no_tml("it is not UTF-8"));
  MATVIEW_ASSIGN(auto outline, is_json(tml) ? outline_of_json(tml) : outline_of_yaml(tml));
  if (outline.kind.empty()) return fail(no_tml("nothing stands at its root"));
  if (outline.kind != "view" && outline.kind != "sql_view")
    return fail(no_tml(fmt::format("it is of a '{}'", support::strip_control(outline.kind))));
  if (outline.name.empty()) return fail(no_tml(fmt::format("its '{}' has no 'name'", outline.kind)));
  return outline;
}

std::string with_guid(std::string_view tml, std::string_view guid) {
  if (is_json(tml)) {
    const auto document = support::parse_json(without_mark(tml));
    if (!document || document->if_object() == nullptr) return std::string(tml);
    Value result;
    result.set("guid", guid);
    for (const auto& [key, value] : *document->if_object())
      if (key != "guid") result.set(key, value);
    return support::to_json(result, true);
  }
  std::string text(without_mark(tml));
  const auto line = fmt::format("guid: {}\n", guid);
  const auto lines = lines_of(text);
  const auto is_root = [](const Line& candidate) { return candidate.indent == 0 && !candidate.key.empty(); };
  for (const auto& candidate : lines)
    if (is_root(candidate) && candidate.key == "guid")
      return text.replace(candidate.begin, candidate.end - candidate.begin, line);
  const auto first = std::find_if(lines.begin(), lines.end(), is_root);
  return text.insert(first == lines.end() ? 0 : first->begin, line);
}

}  // namespace matview::providers::thoughtspot
