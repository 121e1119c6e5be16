#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/udtf/program.hpp"
#include "matview/control.hpp"
#include "matview/environment.hpp"

namespace matview::engine::udtf {

/// The column that tells, beside those of the view, to which unit (see input.hpp) a row belongs.
constexpr std::string_view k_unit_column = "__matview_unit";

struct ExpandRequest {
  std::string view;
  std::string kind;  ///< udtf or chunker
  std::string time_zone;
  std::string sql;                  ///< the view's query over its sources
  std::string known_sql;            ///< a SELECT of the units whose rows are kept; empty: none
  std::filesystem::path directory;  ///< private to the run; each process gets one of its own below it
};

/// What a program made of its input.
struct Expansion {
  std::string rows_sql;          ///< a SELECT of the view's new rows, `k_unit_column` last; over temporary tables
  std::string units_sql;         ///< a SELECT of the units of the whole input as `unit`, those that are kept included
  std::int64_t rows = 0;         ///< new rows
  std::int64_t source_rows = 0;  ///< that were given to the program
  std::int64_t units = 0;        ///< of the whole input
  std::int64_t processes = 0;    ///< that were run
  std::int64_t skipped = 0;      ///< wrong rows that were left out
  std::string first_skipped;     ///< the first of them, and what was wrong with it
  std::string error_tail;        ///< the end of what the processes wrote to stderr
};

/// Runs the program of a view over the rows of its query, several processes at once.
/// `failed`, quoting the row and the end of stderr, for a program that dies, ends with another code than 0, takes too
/// long, writes too much, does not read all of its rows, or returns a wrong row (unless wrong rows are to be skipped).
/// Errors of the control: `interrupted`, `terminated`, `timeout`. No process is left, whatever comes of it.
Result<Expansion> expand(Database& database, const Program& program, const ExpandRequest& request,
                         const Environment& environment, Control& control);

}  // namespace matview::engine::udtf
