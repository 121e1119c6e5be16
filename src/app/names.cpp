#include "app/names.hpp"

#include <fmt/format.h>

#include "support/text.hpp"
#include "support/utf8.hpp"

namespace matview::app {

namespace {

constexpr std::size_t k_longest_name = 200;

/// Also the C1 controls, which terminals obey, and the line and paragraph separators.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

/// Why the text cannot be the name of anything; empty if it can.
std::string bad_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = support::decode_utf8(text, at);
    if (!point.valid) return "it is not valid UTF-8";
    if (is_control(point.code)) return "it holds a control character";
    at += point.size;
  }
  return {};
}

std::string broken_rule(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (auto reason = bad_characters(name); !reason.empty()) return reason;
  if (name.size() > k_longest_name) return fmt::format("it is longer than {} bytes", k_longest_name);
  if (name == "." || name == "..") return "it is the name of a directory";
  if (name.front() == '-' || name.front() == '+') return fmt::format("it begins with '{}'", name.front());
  if (name.back() == '+') return "it ends with '+'";
  if (name.front() == ' ' || name.back() == ' ') return "it begins or ends with a space";
  if (const auto at = name.find_first_of("/:*?[]"); at != std::string_view::npos)
    return fmt::format("it holds a '{}'", name[at]);
  return {};
}

}  // namespace

Result<void> check_new_name(std::string_view name) {
  const std::string reason = broken_rule(name);
  if (reason.empty()) return {};
  return fail(
      Error(ErrorCode::usage, fmt::format("a view cannot be called '{}': {}", support::strip_control(name), reason))
          .with_hint("a name is up to 200 bytes of printable UTF-8 without / : * ? [ ], and does not begin with "
                     "'-' or '+'"));
}

Result<Reference> parse_reference(std::string_view text) {
  Reference reference{"", std::string(text)};
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    reference = {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
    if (reference.profile.empty())
      return fail(ErrorCode::usage,
                  fmt::format("there is no profile before the ':' of '{}'", support::strip_control(text)));
  }
  if (reference.name.empty())
    return fail(Error(ErrorCode::usage, "the name of a view is empty").with_hint("write NAME or PROFILE:NAME"));
  if (const auto reason = bad_characters(text); !reason.empty())
    return fail(ErrorCode::usage, fmt::format("'{}' is no name of a view: {}", support::strip_control(text), reason));
  return reference;
}

std::string display_name(std::string_view profile, std::string_view name, std::string_view profile_in_use) {
  return profile.empty() || profile == profile_in_use ? std::string(name) : fmt::format("{}:{}", profile, name);
}

}  // namespace matview::app
