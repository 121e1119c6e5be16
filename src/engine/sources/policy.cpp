#include "engine/sources/policy.hpp"

#include <algorithm>
#include <array>

#include "support/text.hpp"

namespace matview::engine {

namespace {

constexpr std::array<std::string_view, 19> k_hidden_state{"getvariable",
                                                          "current_setting",
                                                          "getenv",
                                                          "nextval",
                                                          "currval",
                                                          "setseed",
                                                          "write_log",
                                                          "sleep_ms",
                                                          "pg_sleep",
                                                          "stats",
                                                          "current_query",
                                                          "current_query_id",
                                                          "current_connection_id",
                                                          "current_transaction_id",
                                                          "txid_current",
                                                          "in_search_path",
                                                          "pg_conf_load_time",
                                                          "pg_postmaster_start_time",
                                                          "pg_my_temp_schema"};

/// Their names are macros, keywords or, to DuckDB, stable; the clock is behind them all the same.
constexpr std::array<std::string_view, 3> k_clocks{"ago", "current_localtime", "current_localtimestamp"};
constexpr std::array<std::string_view, 6> k_clock_words{"current_date", "current_timestamp", "current_time",
                                                        "localtime",    "localtimestamp",    "today"};

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<void> check_functions(const Syntax& syntax) {
  for (const auto& name : syntax.functions) {
    if (contains(k_hidden_state, name))
      return fail(
          Error(ErrorCode::usage, "the query cannot use " + name + "(): its result depends on more than the data")
              .with_hint("write its value into the query"));
    if (name.find('.') != std::string::npos && !name.starts_with("system."))
      return fail(
          Error(ErrorCode::usage, "the query cannot use " + name + "(): a function of another database may change")
              .with_hint("write its body into the query"));
  }
  return {};
}

Result<std::vector<std::string>> unstable_functions(Database& database, const Syntax& syntax) {
  std::vector<std::string> result;
  std::vector<std::string> literals;
  for (const auto& name : syntax.functions) {
    literals.push_back(quote_literal(name));
    if (contains(k_clocks, name)) result.push_back(name + "()");
  }
  for (const auto& word : syntax.bare_words)
    if (contains(k_clock_words, word)) result.push_back(word);
  if (syntax.age_of_now) result.emplace_back("age()");
  if (syntax.samples) result.emplace_back("TABLESAMPLE");
  if (literals.empty()) return result;
  MATVIEW_ASSIGN(
      const auto rows,
      database.rows("SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT' AND "
                    "function_name <> 'error' AND function_name IN (" +
                    support::join(literals, ", ") + ") ORDER BY 1"));
  for (const auto& row : rows) result.push_back(row.at(0).value_or("") + "()");
  return result;
}

}  // namespace matview::engine
