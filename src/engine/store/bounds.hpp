#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace matview::engine {

/// Whether `a` sorts before `b` as values of a DuckLake type, both in the text form of its statistics. Empty where that
/// cannot be told from the texts, so that a bound becomes unknown and never wrong.
std::optional<bool> bound_less(std::string_view lake_type, std::string_view a, std::string_view b);

}  // namespace matview::engine
