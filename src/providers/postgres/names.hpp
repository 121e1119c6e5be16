#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::providers::postgres {

/// A relation: in a schema, or in the first one of the search path.
struct QualifiedName {
  std::string schema;  ///< empty: the current one
  std::string name;
  bool operator==(const QualifiedName&) const = default;
};

/// Reads `view`, `schema.view`, and parts in double quotes where they hold a dot or a quote. What stands there is meant
/// as it is: upper case is not folded. `usage` for an empty part, one of more than 63 bytes (the server would cut it),
/// and for more than two.
Result<QualifiedName> parse_name(std::string_view text);

/// How the view is written so that parse_name reads it: without the schema where that is the current one.
std::string shown_name(const QualifiedName& name, std::string_view current_schema);

/// The identifier in double quotes, whatever it holds.
std::string quote_identifier(std::string_view name);
/// The name for SQL.
std::string quoted(const QualifiedName& name);

}  // namespace matview::providers::postgres
