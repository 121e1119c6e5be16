#include "config/view_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "support/home.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::config {

namespace {

namespace fs = std::filesystem;
using Kind = Entry::Kind;

bool is_scalar(const Entry& entry) { return entry.kind != Kind::array && entry.kind != Kind::table; }

Error not_that(std::string_view wanted, const Entry& entry) {
  return Error(ErrorCode::usage, fmt::format("must be {}, not {}", wanted, description(entry.kind)));
}

Value to_value(const Entry& entry) {
  switch (entry.kind) {
    case Kind::boolean: return entry.text == "true";
    case Kind::integer:
    case Kind::floating: {
      const auto number = support::parse_json(entry.text);
      return number ? *number : Value(entry.text);
    }
    case Kind::array: {
      Value list = Value::array();
      for (const auto& member : entry.members) list.push(to_value(member));
      return list;
    }
    case Kind::table: {
      Value object = Value::object();
      for (const auto& member : entry.members) object.set(member.key, to_value(member));
      return object;
    }
    default: return entry.text;
  }
}

/// A name as a list between commas takes it.
std::string listed(const std::string& name) {
  if (name.find_first_of(", \"") == std::string::npos && !name.empty()) return name;
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// A command's words: those that name a file beside the views file mean that one.
Entry with_files(Entry command, const fs::path& base) {
  for (auto& word : command.members) {
    std::error_code ignored;
    if (word.kind == Kind::string && !word.text.empty() && fs::path(word.text).is_relative() &&
        fs::is_regular_file(base / word.text, ignored))
      word.text = (base / word.text).lexically_normal().string();
  }
  return command;
}

/// Where the path begins in "ALIAS=scheme:PATH".
std::size_t path_in_attachment(const std::string& text) {
  auto at = text.find('=');
  if (at == std::string::npos) return text.size();
  ++at;
  while (true) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", at);
    if (end == std::string::npos || text[end] != ':' || end < at + 2) return at;
    at = end + 1;
  }
}

Result<std::string> located(const OptionSpec& spec, std::string text, const fs::path& base,
                            const Environment& environment) {
  std::size_t at = text.size();
  if (spec.value == "FILE" || spec.value == "DIR") at = 0;
  if (spec.value == "ALIAS=PATH") at = path_in_attachment(text);
  if (spec.value.ends_with("@FILE") && text.starts_with('@')) at = 1;
  if (at >= text.size()) return text;
  MATVIEW_ASSIGN(const auto path, path_from(std::string_view(text).substr(at), base, environment));
  return text.substr(0, at) + path;
}

Result<std::string> scalar_text(const OptionSpec& spec, const Entry& entry, const fs::path& base,
                                const Environment& environment) {
  const bool word_of_choice =
      std::find(spec.choices.begin(), spec.choices.end(), entry.text) != spec.choices.end() || spec.choices.empty();
  if (!is_scalar(entry) || (entry.kind == Kind::boolean && (spec.choices.empty() || !word_of_choice)))
    return fail(not_that("a string", entry));
  if (!word_of_choice)
    return fail(ErrorCode::usage, fmt::format("must be one of {}, not '{}'", fmt::join(spec.choices, ", "),
                                              support::strip_control(entry.text)));
  if (entry.text.find('\0') != std::string::npos) return fail(ErrorCode::usage, "holds a zero byte");
  return located(spec, entry.text, base, environment);
}

Result<std::vector<std::string>> list_values(const OptionSpec& spec, const Entry& entry, const fs::path& base,
                                             const Environment& environment) {
  std::vector<std::string> values;
  for (const auto& member : entry.members) {
    MATVIEW_ASSIGN(auto text, scalar_text(spec, member, base, environment));
    values.push_back(std::move(text));
  }
  return values;
}

Result<std::vector<std::string>> given_values(const OptionSpec& spec, const Entry& entry, const fs::path& base,
                                              const Environment& environment) {
  const bool list = entry.kind == Kind::array;
  if (list && spec.repeatable) return list_values(spec, entry, base, environment);
  if (!is_scalar(entry) && spec.value.starts_with("JSON"))
    return std::vector{support::to_json(to_value(list ? with_files(entry, base) : entry))};
  if (list && spec.value == "A,B") {
    MATVIEW_ASSIGN(auto names, list_values(spec, entry, base, environment));
    std::transform(names.begin(), names.end(), names.begin(), listed);
    return std::vector{support::join(names, ",")};
  }
  MATVIEW_ASSIGN(auto text, scalar_text(spec, entry, base, environment));
  return std::vector{std::move(text)};
}

}  // namespace

Result<std::optional<std::vector<std::string>>> option_values(const OptionSpec& spec, const Entry& entry,
                                                              const fs::path& base, const Environment& environment) {
  if (spec.value.empty()) {
    if (entry.kind != Kind::boolean) return fail(not_that("true or false", entry));
    return entry.text == "true" ? std::optional(std::vector<std::string>()) : std::nullopt;
  }
  MATVIEW_ASSIGN(auto values, given_values(spec, entry, base, environment));
  if (spec.check != nullptr)
    for (const auto& value : values) MATVIEW_TRY(spec.check(value));
  // An empty list says as much as no key.
  return values.empty() ? std::nullopt : std::optional(std::move(values));
}

Result<std::vector<std::string>> text_list(const Entry& entry) {
  if (entry.kind == Kind::string) return std::vector{entry.text};
  if (entry.kind != Kind::array) return fail(not_that("a list of strings", entry));
  std::vector<std::string> texts;
  for (const auto& member : entry.members) {
    if (member.kind != Kind::string) return fail(not_that("a list of strings", member));
    texts.push_back(member.text);
  }
  return texts;
}

Result<std::string> path_from(std::string_view path, const fs::path& base, const Environment& environment) {
  const auto expanded = support::expand_path(path, base, environment);
  if (!expanded)
    return fail(ErrorCode::usage,
                fmt::format("'{}' begins with '~/', but HOME is not set", support::strip_control(path)));
  return expanded->string();
}

}  // namespace matview::config
