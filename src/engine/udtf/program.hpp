#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::engine::udtf {

/// The columns that a chunker's rows have beside those of its program.
constexpr std::string_view k_source_row_id = "__source_row_id";
constexpr std::string_view k_child_index = "__child_index";

enum class Format { ndjson, csv };

/// A file that decides what the program does: the program itself, and every file among its arguments.
struct ProgramFile {
  FileState state;     ///< when it was hashed; while stat says the same it need not be read again
  std::string sha256;  ///< of its content
  bool operator==(const ProgramFile&) const = default;
};

struct OutputColumn {
  std::string name;
  std::string type;  ///< DuckDB's spelling
  bool nullable = true;
  bool operator==(const OutputColumn&) const = default;
};

/// How the work is split. None of it changes the rows.
struct Split {
  std::optional<std::int64_t> concurrency;  ///< processes at once; empty: as many as there are CPUs for
  std::optional<std::int64_t> threads;      ///< told to each process in MATVIEW_THREADS
  std::optional<std::int64_t> task_size;    ///< chunker: source rows that one process is given at most
  std::optional<std::int64_t> file_rows;    ///< rows in a data file at most
  bool operator==(const Split&) const = default;
};

/// The program of a view of kind udtf or chunker: ViewDefinition::program, taken apart.
struct Program {
  std::string name;               ///< for messages
  std::string version;            ///< the user's word; another one makes the view stale
  std::vector<std::string> argv;  ///< argv[0] and files among the others are absolute paths
  std::vector<ProgramFile> files;
  Format format = Format::ndjson;
  std::vector<Column> input;               ///< columns of the view's query
  std::vector<std::string> input_columns;  ///< those the program is given, in this order
  std::vector<std::string> partition_by;   ///< udtf: columns of the query; one process for each of their values
  std::vector<OutputColumn> output;        ///< what the program returns, without the engine's own columns

  std::optional<double> num_cpus;
  std::optional<std::int64_t> memory;                ///< bytes of address space a process may take
  std::optional<std::chrono::milliseconds> timeout;  ///< of one process
  std::int64_t max_output = 4LL << 30;               ///< bytes one process may write
  bool skips_rows = false;                           ///< wrong rows are left out
  std::optional<std::int64_t> max_skipped;           ///< more than so many in one refresh are an error
  std::optional<std::int64_t> output_limit;          ///< chunker: rows the view has at most
  Split split;
};

/// What one refresh says otherwise than the definition.
struct RunOptions {
  Split split;
  std::optional<std::int64_t> output_limit;
  std::optional<std::int64_t> source_version;  ///< of the one view or DuckLake table the query reads
  bool skips_any = false;                      ///< where wrong rows are left out, however many there are
};

/// The program as `options` would have it.
Program with_options(Program program, const RunOptions& options);

std::string to_json(const Program& program);

/// `internal` for what `to_json` did not write.
Result<Program> program_from_json(std::string_view text);

/// All of a program's description that decides the rows, as text; the content of its files is not in it.
std::string identity(const Program& program);

/// Columns of the view whose program this is, before they are stored.
std::vector<Column> view_columns(const std::string& kind, const Program& program);

}  // namespace matview::engine::udtf
