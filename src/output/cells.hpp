#pragma once

#include <string>
#include <string_view>

#include "matview/value.hpp"
#include "output/format.hpp"
#include "output/table.hpp"

namespace matview::output {

/// A member of a document as a cell of a table. Its key says what it is: "…_at" a time, "bytes" a size, "rows…" a
/// count, "…_seconds" a length of time. For people these are relative, rounded and grouped; elsewhere exact.
/// Null is an empty cell. States and freshness have their colours.
Cell field_cell(std::string_view key, const Value& value, const Style& style);

/// True for keys whose values stand at the right of their column.
bool is_numeric_field(std::string_view key);

/// A value as text without quotes: what CSV holds. Arrays and objects are JSON; null is empty.
std::string plain_text(const Value& value);

/// How a user would type the name of the view in this document: NAME, or PROFILE:NAME outside the default profile.
std::string typed_name(std::string_view profile, std::string_view name, const Style& style);

}  // namespace matview::output
