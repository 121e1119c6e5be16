#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// An argument of a table function.
struct Argument {
  std::string name;                                 ///< of a named one, lower case; else empty
  std::string text;                                 ///< as it stands in the SQL
  std::optional<std::vector<std::string>> strings;  ///< if it is a constant string or a list of such
};

/// A table or table function that a query names in a FROM, and where: `sql.substr(begin, end - begin)` is the name with
/// its qualifiers, and the call's parentheses with it.
struct Reference {
  bool is_function = false;
  std::string catalog;
  std::string schema;
  std::string name;
  std::string alias;  ///< the user's, if there is one
  std::vector<Argument> arguments;
  std::string prefix;        ///< what must stand before a replacement
  std::size_t location = 0;  ///< where the parser says that it stands
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// What a query is made of, by DuckDB's parser.
struct Syntax {
  std::vector<Reference> references;    ///< by position; names that mean a common table expression are not among them
  std::vector<std::string> functions;   ///< lower case, each once, in order; "catalog.name" where the user wrote that
  std::vector<std::string> qualified;   ///< those of them that have a schema or catalog, without it
  std::vector<std::string> bare_words;  ///< columns without a qualifier, lower case: current_date is one of them
  bool lists_all = false;               ///< *, COLUMNS(…) and whatever else takes columns that nobody named
  bool shows = false;                   ///< DESCRIBE, SUMMARIZE or SHOW
  bool samples = false;                 ///< a sample without a seed
  bool age_of_now = false;              ///< age() with one argument
  bool collates = false;                ///< COLLATE: texts that are not the same may be equal
  bool has_parameters = false;
};

/// Takes apart a definition that was created, and so is one SELECT statement.
Result<Syntax> analyze_known(Database& database, std::string_view sql);

/// Takes a definition apart. `usage` for anything but one SELECT statement, with DuckDB's message for a syntax error.
Result<Syntax> analyze(Database& database, std::string_view sql);

/// `sql` with text in place of its references: `replacement` i for reference i; empty leaves it as it is.
std::string substitute(std::string_view sql, const std::vector<Reference>& references,
                       const std::vector<std::string>& replacements);

}  // namespace matview::engine
