#include "engine/udtf/output_schema.hpp"

#include <fmt/format.h>

#include "engine/duckdb/sql_text.hpp"
#include "engine/udtf/output_value.hpp"

namespace matview::engine::udtf {

namespace {

constexpr std::string_view k_example = "as 'id BIGINT NOT NULL, chunk VARCHAR', with DuckDB's types";

tl::unexpected<Error> no_schema(std::string what) {
  return fail(Error(ErrorCode::usage, std::move(what)).with_hint(std::string(k_example)));
}

/// Whether the text would stay inside the parentheses it is put into.
bool is_inside(std::string_view text) {
  int depth = 0;
  for (auto at = skip_blanks(text, 0); at < text.size(); at = skip_blanks(text, token_end(text, at))) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth < 0) return false;
    if (text[at] == ';') return false;
  }
  return depth == 0;
}

}  // namespace

Result<std::vector<OutputColumn>> read_output_schema(Database& database, std::string_view text) {
  if (skip_blanks(text, 0) >= text.size()) return no_schema("the output schema is empty");
  if (!is_inside(text)) return no_schema("the output schema is no list of columns");
  if (auto made = database.execute(fmt::format("CREATE OR REPLACE TEMP TABLE __matview_schema (\n{}\n)", text));
      !made) {
    auto error = std::move(made).error();
    error.code = ErrorCode::usage;
    error.hint = k_example;
    return fail(std::move(error).with_context("the output schema: "));
  }
  MATVIEW_ASSIGN(const auto rows,
                 database.rows("SELECT column_name, data_type, is_nullable, column_default IS NOT NULL FROM "
                               "duckdb_columns() WHERE table_name = '__matview_schema' ORDER BY column_index"));
  MATVIEW_ASSIGN(const auto others, database.rows("SELECT constraint_type FROM duckdb_constraints() WHERE table_name = "
                                                  "'__matview_schema' AND constraint_type <> 'NOT NULL'"));
  MATVIEW_TRY(database.execute("DROP TABLE __matview_schema"));
  if (!others.empty())
    return no_schema(fmt::format("the output schema has a constraint {}", others[0][0].value_or("")));
  std::vector<OutputColumn> columns;
  for (const auto& row : rows) {
    OutputColumn column{row[0].value_or(""), row[1].value_or(""), row[2] == "true"};
    if (row[3] == "true") return no_schema(fmt::format("the column '{}' has a default", column.name));
    if (fold_case(column.name).starts_with("__"))
      return no_schema(fmt::format("the column '{}' has a name that is kept for the engine", column.name));
    MATVIEW_TRY(OutputValue::of(column));
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace matview::engine::udtf
