#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "matview/result.hpp"

namespace matview::engine {

struct TypeField;

/// A DuckDB type, taken apart: what `typeof` and DESCRIBE print, as a tree.
struct TypeText {
  enum class Kind {
    scalar,       ///< `name` says which: "BIGINT", "DECIMAL(10,2)", "TIMESTAMP WITH TIME ZONE"
    list,         ///< T[]: one field "element"
    array,        ///< T[n]: one field "element" and `size`
    structure,    ///< STRUCT(…): its fields; those of an unnamed struct (a row value) have empty names
    map,          ///< MAP(K, V): fields "key" and "value"
    union_,       ///< UNION(…): its members
    enumeration,  ///< ENUM(…): `values`
  };

  Kind kind = Kind::scalar;
  std::string name;
  std::vector<TypeField> fields;
  std::int64_t size = 0;
  std::vector<std::string> values;

  bool is_nested() const { return kind != Kind::scalar && kind != Kind::enumeration; }
  bool operator==(const TypeText& other) const;
};

struct TypeField {
  std::string name;
  TypeText type;
  bool operator==(const TypeField&) const = default;
};

/// Reads a type as DuckDB spells it. Names of scalars come back in upper case with single spaces; aliases are not
/// resolved ("INT" stays "INT"), except that an unset one ("\"NULL\"", the type of a bare NULL) is the scalar "NULL".
/// `usage` for what is no type, saying where.
Result<TypeText> parse_type(std::string_view text);

/// The type in SQL that DuckDB reads back as the same type. Every field name is quoted.
std::string to_string(const TypeText& type);

}  // namespace matview::engine
