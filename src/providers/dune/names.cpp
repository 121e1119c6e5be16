#include "providers/dune/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::string_view k_prefix = "result_";
constexpr std::string_view k_space = "dune.";
constexpr std::size_t k_longest = 128;

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// The nearest name that the service takes.
std::string mended(std::string_view bare) {
  std::string name;
  for (const char c : bare) {
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (is_plain(lower))
      name += lower;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  if (!name.starts_with(k_prefix)) name.insert(0, k_prefix);
  name.resize(std::min(name.size(), k_longest));
  while (name.ends_with('_')) name.pop_back();
  return name.size() > k_prefix.size() ? name : std::string(k_prefix) + "view";
}

Error bad_name(std::string_view text, std::string_view why, std::string hint) {
  return Error(ErrorCode::usage, fmt::format("'{}' is no name of a view: {}", support::strip_control(text), why))
      .with_hint(std::move(hint));
}

std::string without_quotes(std::string_view owner) {
  if (owner.size() > 1 && owner.front() == '"' && owner.back() == '"') owner = owner.substr(1, owner.size() - 2);
  return std::string(owner);
}

}  // namespace

Result<ViewName> parse_name(std::string_view text) {
  const auto dot = text.rfind('.');
  ViewName name;
  name.bare = dot == std::string_view::npos ? text : text.substr(dot + 1);
  if (dot != std::string_view::npos) {
    name.owner = owner_of(text);
    if (without_quotes(name.owner).empty() || name.bare.empty())
      return fail(bad_name(text, "it is neither result_NAME nor dune.OWNER.result_NAME",
                           fmt::format("did you mean '{}'?", mended(name.bare))));
    return name;
  }
  if (!name.bare.starts_with(k_prefix))
    return fail(
        bad_name(text, "names begin with 'result_' here", fmt::format("did you mean '{}'?", mended(name.bare))));
  return name;
}

Result<ViewName> parse_new_name(std::string_view text) {
  MATVIEW_ASSIGN(ViewName name, parse_name(text));
  const auto bad = [&](std::string_view why) {
    return fail(bad_name(text, why, fmt::format("'{}' would do", mended(name.bare))));
  };
  if (!name.bare.starts_with(k_prefix)) return bad("names begin with 'result_' here");
  if (name.bare.size() <= k_prefix.size()) return bad("nothing follows 'result_'");
  if (name.bare.size() > k_longest) return bad(fmt::format("it is longer than {} characters", k_longest));
  if (!std::all_of(name.bare.begin(), name.bare.end(), is_plain))
    return bad("only lower case letters, digits and '_' may stand in it");
  if (name.bare.ends_with('_')) return bad("it ends with '_'");
  return name;
}

std::string full_name(std::string_view owner, std::string_view bare) {
  return fmt::format("{}{}.{}", k_space, owner, bare);
}

std::string owner_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || !name.starts_with(k_space) || dot < k_space.size()) return {};
  return std::string(name.substr(k_space.size(), dot - k_space.size()));
}

bool same_owner(std::string_view a, std::string_view b) { return without_quotes(a) == without_quotes(b); }

std::string shown_name(std::string_view full, std::string_view own) {
  const std::string owner = owner_of(full);
  const auto bare = full.substr(full.rfind('.') + 1);
  const bool ours = !owner.empty() && same_owner(owner, own) && bare.starts_with(k_prefix);
  return std::string(ours ? bare : full);
}

}  // namespace matview::providers::dune
