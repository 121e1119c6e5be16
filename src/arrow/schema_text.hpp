#pragma once

#include <string>
#include <string_view>

#include "arrow/schema.hpp"
#include "matview/result.hpp"

namespace matview::arrow {

// The text form of a schema, for command lines and people:
//
//     id int64, name utf8 not null, tags list<utf8>, at timestamp[us, UTC], p struct<x float64, y float64>,
//     m map<utf8, int32>, price decimal(10, 2), v fixed_size_list<float32, 128>
//
// A name of letters, digits and '_' stands as it is; any other in double quotes, with JSON's escapes and \xHH for a
// byte that is no UTF-8, or in backticks, where a backtick is doubled. `metadata {"key": "value"}` may follow a field,
// and
// `; metadata {…}` the last one, for the schema's own. A ':' between name and type, '#' comments up to the end of the
// line, capitals and the names that Arrow's libraries have for types (string, double, …) are understood as well.

/// `usage` for what is no schema: the message says where, the detail shows it with a caret, the hint what would be
/// right.
Result<Schema> parse_schema(std::string_view text);

/// What `parse_schema` makes the same schema of. Safe for a terminal.
std::string print_schema(const Schema& schema);

/// The type of a field alone: "list<utf8>".
std::string print_type(const Field& field);

/// A type alone, with its children: the reverse of `print_type`.
Result<Field> parse_type(std::string_view text);

}  // namespace matview::arrow
