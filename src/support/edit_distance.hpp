#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace matview::support {

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other, counted in
/// characters (Damerau-Levenshtein; no character is edited twice).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate a person most likely meant by `text`: at most a third of it mistyped, or cut short. Upper and lower
/// case are one. Empty if none is near enough; the first of several equally near ones.
std::optional<std::string> nearest(std::string_view text, std::span<const std::string> candidates);

}  // namespace matview::support
