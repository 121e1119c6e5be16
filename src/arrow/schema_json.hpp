#pragma once

#include "arrow/schema.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview::arrow {

// A schema as JSON, in the form of the Lance namespace's JsonArrowSchema:
//
//     {"fields": [{"name": "id", "type": {"type": "int64"}, "nullable": true}], "metadata": {"key": "value"}}
//
// A type has `fields` where it has inner types and `length` where it has a size; a decimal's `length` is 1000 times its
// precision plus its scale. The form has no place for units and time zones: a type's name may be all of a type's text
// form ("timestamp[us, UTC]"), and without a unit a time has the one that writers of the form mean: microseconds, of
// time32 milliseconds.

/// `usage`, saying which field and what is wrong with it.
Result<Schema> read_json_schema(const Value& document);

/// One field of it.
Result<Field> read_json_field(const Value& document);

}  // namespace matview::arrow
