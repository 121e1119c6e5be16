// Runs SQL from stdin on a DuckDB file (":memory:" for none) and prints the rows of the last statement, cells separated
// by tabs, NULL as \N. Tests make databases with it and read Parquet with it; it shares no code with the engine.

#include <duckdb.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

namespace {

int complain(const char* what, const char* why) {
  std::fprintf(stderr, "duckdb_shell: %s: %s\n", what, why ? why : "unknown error");
  return 1;
}

void print(duckdb_result& result) {
  for (idx_t row = 0; row < duckdb_row_count(&result); ++row) {
    for (idx_t column = 0; column < duckdb_column_count(&result); ++column) {
      char* text = duckdb_value_varchar(&result, column, row);
      std::printf("%s%s", column ? "\t" : "", text ? text : "\\N");
      duckdb_free(text);
    }
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return complain("usage", "duckdb_shell DATABASE < SQL");
  const std::string sql(std::istreambuf_iterator<char>(std::cin), {});
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  char* error = nullptr;
  if (duckdb_open_ext(argv[1], &database, nullptr, &error) == DuckDBError) return complain(argv[1], error);
  if (duckdb_connect(database, &connection) == DuckDBError) return complain("connect", nullptr);
  duckdb_result result;
  int exit_code = 0;
  if (duckdb_query(connection, sql.c_str(), &result) == DuckDBError)
    exit_code = complain("query", duckdb_result_error(&result));
  else
    print(result);
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return exit_code;
}
