#include "providers/postgres/names.hpp"

#include <fmt/format.h>

#include <vector>

#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

// NAMEDATALEN - 1 of every server that is not built otherwise.
constexpr std::size_t k_longest = 63;

Error wrong(std::string_view text, std::string_view why) {
  return Error(ErrorCode::usage, fmt::format("'{}' is no name of a view: {}", support::strip_control(text), why))
      .with_hint("write NAME or SCHEMA.NAME; a part that holds a dot stands in double quotes");
}

/// Takes the part at `at`, in quotes or not, and leaves `at` behind it. Empty where its quotes do not end.
Result<std::string> take_part(std::string_view text, std::size_t& at) {
  std::string part;
  if (at < text.size() && text[at] == '"') {
    for (++at; at < text.size(); ++at) {
      if (text[at] != '"') {
        part += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        part += text[at++];
      } else {
        ++at;
        return part;
      }
    }
    return fail(wrong(text, "a quote is not closed"));
  }
  while (at < text.size() && text[at] != '.') part += text[at++];
  return part;
}

std::string shown_part(const std::string& part) {
  const bool plain = part.find('.') == std::string::npos && !part.starts_with('"');
  return plain ? part : quote_identifier(part);
}

}  // namespace

Result<QualifiedName> parse_name(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0;; ++at) {
    MATVIEW_ASSIGN(auto part, take_part(text, at));
    if (part.empty()) return fail(wrong(text, "a part of it is empty"));
    if (part.size() > k_longest) return fail(wrong(text, fmt::format("the server cuts names to {} bytes", k_longest)));
    if (part.find('\0') != std::string::npos) return fail(wrong(text, "it holds a zero byte"));
    parts.push_back(std::move(part));
    if (at >= text.size()) break;
    if (text[at] != '.') return fail(wrong(text, "something follows a quote"));
  }
  if (parts.size() > 2) return fail(wrong(text, "it has more than two parts"));
  if (parts.size() == 1) return QualifiedName{"", std::move(parts[0])};
  return QualifiedName{std::move(parts[0]), std::move(parts[1])};
}

std::string shown_name(const QualifiedName& name, std::string_view current_schema) {
  if (name.schema.empty() || name.schema == current_schema) return shown_part(name.name);
  return shown_part(name.schema) + "." + shown_part(name.name);
}

std::string quote_identifier(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

std::string quoted(const QualifiedName& name) {
  if (name.schema.empty()) return quote_identifier(name.name);
  return quote_identifier(name.schema) + "." + quote_identifier(name.name);
}

}  // namespace matview::providers::postgres
