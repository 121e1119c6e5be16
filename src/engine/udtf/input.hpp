#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/udtf/program.hpp"
#include "matview/control.hpp"

namespace matview::engine::udtf {

/// Rows that one process is given.
struct Task {
  std::int64_t first = 0;  ///< rowid in `k_input_table`
  std::int64_t rows = 0;
  std::string unit;       ///< udtf: the partition's; empty for a chunker, whose rows have one each
  std::string partition;  ///< udtf: the values that make the partition, for messages
};

/// The temporary tables of a run: what each process is given, one text for each row, in the order of the tasks; and the
/// units of the whole input, also of those that are kept. A unit is what the program's rows belong to: a source row of
/// a chunker, a partition of a udtf. Its id is a hash of all that the program is told of it, so that equal ids mean
/// equal rows.
constexpr std::string_view k_input_table = "__matview_input";
constexpr std::string_view k_unit_table = "__matview_units";

/// What decides which rows go in.
struct InputRequest {
  std::string sql;        ///< the view's query over its sources
  std::string known_sql;  ///< a SELECT of the units that need not be run again; empty: none
  std::int64_t workers = 1;
};

struct Input {
  std::vector<Task> tasks;
  std::int64_t rows = 0;   ///< that are given to the program
  std::int64_t units = 0;  ///< of the whole input
  std::string header;      ///< CSV: the first line of each process
};

/// Runs the view's query and prepares its rows. `failed` if it no longer has the columns the view was created with.
Result<Input> prepare_input(Database& database, const std::string& kind, const Program& program,
                            const InputRequest& request, Control& control, const std::string& view);

}  // namespace matview::engine::udtf
