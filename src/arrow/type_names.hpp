#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/schema.hpp"

namespace matview::arrow {

/// The type of a name that takes no parameters, in lower case; other libraries' names too: "utf8", "string", "int64".
std::optional<Type> simple_type(std::string_view name);

/// The name of a type that takes no parameters; empty for all others.
std::string_view simple_name(const Type& type);

/// A type with one inner type and no parameters: list, large_list, list_view, large_list_view.
std::optional<TypeId> list_type(std::string_view name);
std::string_view list_name(TypeId id);

std::optional<Unit> unit_from(std::string_view text);
std::string_view to_string(Unit unit);

std::optional<IntervalUnit> interval_unit_from(std::string_view text);
std::string_view to_string(IntervalUnit unit);

/// The bits of a decimal type's name: "decimal" and "decimal128": 128.
std::optional<int> decimal_bits(std::string_view name);

/// What to write for a name that is no type: of SQL's names the Arrow type, else the nearest name. Empty if nothing is
/// near.
std::string type_hint(std::string_view name);

}  // namespace matview::arrow
