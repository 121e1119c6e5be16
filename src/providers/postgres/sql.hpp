#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matview/result.hpp"
#include "providers/postgres/names.hpp"

namespace matview::providers::postgres {

// The statements that change something, as text: what a dry run prints is what is sent.

/// A materialized view to be.
struct Definition {
  QualifiedName name;
  std::string query;                      ///< one SELECT, without a semicolon
  std::string tablespace;                 ///< empty: the default
  std::string access_method;              ///< USING; empty: the default
  std::vector<std::string> storage;       ///< WITH: "fillfactor=70"
  std::vector<std::string> unique_index;  ///< columns of a unique index; none: no index
};

/// The query without what ends it: white space and semicolons.
std::string trimmed_query(std::string_view query);

/// CREATE MATERIALIZED VIEW. The query stands on lines of its own, so that a comment at its end comments out nothing.
std::string create_sql(const Definition& definition, bool with_data);
/// CREATE UNIQUE INDEX on the columns of `unique_index`.
std::string unique_index_sql(const Definition& definition);
std::string refresh_sql(const QualifiedName& name, bool concurrently);
std::string drop_sql(const QualifiedName& name);

/// `KEY=VALUE` of --storage for SQL. `usage` where the key is no word of letters, digits, '_' and '.', or the value
/// neither a number nor a word.
Result<std::string> storage_parameter(std::string_view text);

/// Recomputes a view and compares it with its rows, as multisets, in one statement that answers with one row: rows
/// stored, missing, extra, and samples of both as JSON. `columns` are those to compare; of types that the server has no
/// equality for (json, xml, …) the text stands for the value.
struct ComparedColumn {
  std::string name;
  bool as_text = false;
};
std::string verify_sql(const QualifiedName& name, std::string_view query, const std::vector<ComparedColumn>& columns,
                       std::int64_t samples);

}  // namespace matview::providers::postgres
