#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/lake/type_text.hpp"
#include "engine/udtf/program.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview::engine::udtf {

/// One column of what a program returns: checks its values, and gives the text that DuckDB casts to the column's type
/// without a loss. What only DuckDB can tell (is '2024-02-30' a DATE?) is left to that cast: see `is_cast_checked`.
class OutputValue {
 public:
  /// `unsupported` for a type whose values cannot be checked, as a DATE inside a list.
  static Result<OutputValue> of(const OutputColumn& column);

  /// From NDJSON. The error says in a few words what is wrong: "3.5 is no BIGINT".
  Result<std::optional<std::string>> read(const Value& value) const;

  /// From CSV: an empty field without quotes is NULL; lists, structs and maps are JSON.
  Result<std::optional<std::string>> read_field(std::optional<std::string_view> field) const;

  const OutputColumn& column() const { return column_; }

  /// True where the text may yet turn out to be no value of the type.
  bool is_cast_checked() const { return cast_checked_; }

  /// SQL that makes a value of the column's type from the text in `expression`; with `tried`, NULL where there is none.
  std::string cast(std::string_view expression, bool tried) const;

 private:
  OutputValue(OutputColumn column, TypeText type, bool cast_checked)
      : column_(std::move(column)), type_(std::move(type)), cast_checked_(cast_checked) {}

  OutputColumn column_;
  TypeText type_;
  bool cast_checked_;
};

}  // namespace matview::engine::udtf
