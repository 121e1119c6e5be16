#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/time.hpp"
#include "matview/value.hpp"

namespace matview::support {

// Members of a document: read with tolerance, so that what is missing, null or of another kind is empty, and written
// so that what is empty is null.

std::string text(const Value& object, std::string_view key);
/// The elements of an array member; none if it is no array.
const Value::Array& elements(const Value& object, std::string_view key);

Value text_or_null(std::string_view text);
/// RFC 3339.
Value time_or_null(const std::optional<Time>& time);
Value array_of(const std::vector<std::string>& texts);

}  // namespace matview::support
