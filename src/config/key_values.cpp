#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "config/keys.hpp"
#include "support/duration.hpp"
#include "support/home.hpp"
#include "support/text.hpp"

namespace matview::config {

namespace {

using Kind = KeySpec::Kind;

constexpr std::array<std::string_view, 4> k_true{"true", "1", "yes", "on"};
constexpr std::array<std::string_view, 4> k_false{"false", "0", "no", "off"};

bool is_one_of(const std::array<std::string_view, 4>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string expectation(const KeySpec& spec) {
  switch (spec.kind) {
    case Kind::choice: return fmt::format("one of {}", support::join(spec.choices, ", "));
    case Kind::duration:
      return fmt::format("a duration{} such as \"90s\" or \"2h\"", spec.minimum > 0 ? " above 0" : "");
    case Kind::number: return "a number above 0, as 10 or 0.5";
    case Kind::integer: return fmt::format("a whole number from {}", spec.minimum);
    case Kind::boolean: return "true or false";
    case Kind::path: return "a path";
    case Kind::command: return R"(a list of strings such as ["pass", "show", "name"])";
    default: return "a string";
  }
}

// Files have types; the environment and flags have only text.
bool has_right_type(const KeySpec& spec, const Entry& entry) {
  if (entry.kind == Entry::Kind::untyped) return true;
  switch (spec.kind) {
    case Kind::integer: return entry.kind == Entry::Kind::integer;
    case Kind::number: return entry.kind == Entry::Kind::integer || entry.kind == Entry::Kind::floating;
    case Kind::boolean: return entry.kind == Entry::Kind::boolean;
    case Kind::command: return entry.kind == Entry::Kind::array;
    default: return entry.kind == Entry::Kind::string;
  }
}

std::optional<std::string> integer_text(const KeySpec& spec, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number < spec.minimum) return std::nullopt;
  return std::to_string(number);
}

std::optional<std::string> boolean_text(const std::string& text) {
  if (is_one_of(k_true, text)) return "true";
  if (is_one_of(k_false, text)) return "false";
  return std::nullopt;
}

std::optional<std::string> number_text(const std::string& text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(number) || number <= 0) return std::nullopt;
  return text;
}

std::optional<std::string> duration_text(const KeySpec& spec, const std::string& text) {
  const auto duration = support::parse_duration(text);
  if (!duration || duration->count() < spec.minimum) return std::nullopt;
  return text;
}

std::optional<std::string> choice_text(const KeySpec& spec, const std::string& text) {
  if (std::find(spec.choices.begin(), spec.choices.end(), text) == spec.choices.end()) return std::nullopt;
  return text;
}

// A program named by a relative path counts from the file that names it, as every path does; arguments stay as they
// are.
std::optional<std::string> command_text(const Given& given, const Environment& environment) {
  std::vector<std::string> argv;
  for (const auto& item : given.entry.members) {
    if (item.kind != Entry::Kind::string) return std::nullopt;
    argv.push_back(item.text);
  }
  if (given.entry.kind == Entry::Kind::untyped) {
    auto items = parse_list(given.entry.text);
    if (!items) return std::nullopt;
    argv = *std::move(items);
  }
  if (argv.empty() || argv.front().empty()) return std::nullopt;
  if (argv.front().find('/') != std::string::npos) {
    const auto program = support::expand_path(argv.front(), given.base, environment);
    if (!program) return std::nullopt;
    argv.front() = program->string();
  }
  return format_list(argv);
}

std::optional<std::string> canonical(const KeySpec& spec, const Given& given, const Environment& environment) {
  const auto& text = given.entry.text;
  switch (spec.kind) {
    case Kind::integer: return integer_text(spec, text);
    case Kind::boolean: return boolean_text(text);
    case Kind::duration: return duration_text(spec, text);
    case Kind::number: return number_text(text);
    case Kind::choice: return choice_text(spec, text);
    case Kind::command: return command_text(given, environment);
    case Kind::secret: return "***";
    case Kind::text: return text.empty() ? std::nullopt : std::optional(text);
    case Kind::path: break;
  }
  if (text.empty() || text.find('\0') != std::string::npos) return std::nullopt;
  const auto path = support::expand_path(text, given.base, environment);
  return path ? std::optional(path->string()) : std::nullopt;
}

bool needs_home(const KeySpec& spec, const Entry& entry, const Environment& environment) {
  if (support::home_directory(environment)) return false;
  if (spec.kind == Kind::path) return entry.text.starts_with("~/");
  return spec.kind == Kind::command && !entry.members.empty() && entry.members.front().text.starts_with("~/");
}

}  // namespace

Result<Setting> to_setting(const KeySpec& spec, const Given& given, const Environment& environment) {
  const auto& entry = given.entry;
  if (!has_right_type(spec, entry))
    return fail(ErrorCode::usage,
                fmt::format("{} must be {}, not {}", given.label(), expectation(spec), description(entry.kind)));
  if (needs_home(spec, entry, environment))
    return fail(ErrorCode::usage, fmt::format("{} begins with '~/', but HOME is not set", given.label()));
  auto value = canonical(spec, given, environment);
  if (!value) {
    const bool scalar = entry.kind != Entry::Kind::array;
    return fail(ErrorCode::usage,
                fmt::format("{} must be {}{}", given.label(), expectation(spec),
                            scalar ? fmt::format(", not '{}'", support::strip_control(entry.text)) : std::string()));
  }
  return Setting{spec.name, *std::move(value), given.origin, spec.kind == Kind::secret};
}

}  // namespace matview::config
