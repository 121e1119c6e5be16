#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/time.hpp"
#include "matview/value.hpp"
#include "support/members.hpp"

namespace matview::providers::remote {

// Members of an answer, read with tolerance: what is missing, null or of another kind than documented is empty. A
// backend may add fields and leave them out; only what an operation cannot do without is an error, and its reader says
// so.

using support::text;
/// Also of a text of digits and of a double without a fraction.
std::optional<std::int64_t> integer(const Value& object, std::string_view key);
std::optional<double> real(const Value& object, std::string_view key);
std::optional<bool> boolean(const Value& object, std::string_view key);
/// RFC 3339 with any fraction and offset.
std::optional<Time> time(const Value& object, std::string_view key);
/// Milliseconds since 1970, as a number or as text.
std::optional<Time> time_from_millis(const Value& object, std::string_view key);
/// The texts of an array; other members of it are left out.
std::vector<std::string> texts(const Value& object, std::string_view key);
using support::elements;

}  // namespace matview::providers::remote
