#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/sources/definition.hpp"

namespace matview::engine {

class RunSources;

inline constexpr std::string_view k_new_clock = "__matview_new_";
inline constexpr std::string_view k_old_clock = "__matview_old_";

/// Of the rows of a reference that is traced: the path of the file that each is from.
inline constexpr std::string_view k_source_column = "__matview_source";

/// How one reference of a definition changed between two states of its source, as SELECTs with the columns that the
/// reference shows to the query, in one order.
struct ReferenceChange {
  std::string old_rows;
  std::string new_rows;
  /// new = old - removed + added, as multisets; equal rows may be on both sides. Empty: no rows.
  std::string added;
  std::string removed;
  /// Of a traced reference: paths of files whose rows go, those of `removed` excepted. Then old_rows are not told.
  std::vector<std::string> gone = {};
  /// Why the old rows cannot be told, "SOURCE_HISTORY_MISSING …"; then old_rows, added and removed are empty.
  std::string lost;
  std::int64_t added_bytes = 0;  ///< of the files that are read for each
  std::int64_t removed_bytes = 0;
  std::int64_t new_bytes = 0;
  bool overlaps = false;  ///< `added` and `removed` may have most of their rows in common: worth consolidating early
  bool appended = false;  ///< rows were appended to some file, and of that one these alone are read
  std::string name;       ///< what the query may call it: the user's alias or the one it has without
  std::vector<Column> columns;

  bool is_empty() const { return added.empty() && removed.empty() && gone.empty(); }
};

struct SourceChanges {
  std::vector<std::string> setup;  ///< statements to run first (ATTACH … READ_ONLY)
  /// Where the definition asks for the time: statements that make k_new_clock and k_old_clock, each with the name of a
  /// function of the clock behind it, functions that tell the times of `observed` and of `recorded`.
  std::vector<std::string> clocks;
  bool clock_moved = false;
  std::vector<ReferenceChange> references;  ///< by analyze(sql).references; all empty where it stands for itself
  std::shared_ptr<std::filesystem::path> parts = {};  ///< parts of files that the SELECTs read; they go with it
};

/// When `ReferenceChange::old_rows` are going to be read. They can always be told, but of a large file to which rows
/// were appended only at a price: a copy of what it was, or at a greater one without.
enum class OldRows {
  never,
  of_several,  ///< where more than one reference changed
  always,
};

/// What a plan reads of its sources.
struct SourceReads {
  OldRows old_rows = OldRows::always;
  std::vector<std::vector<std::string>> columns = {};  ///< by reference
  /// By reference: rows are to come with k_source_column, and of files that go nothing but that they do is asked.
  std::vector<bool> traced = {};
  std::string key = {};  ///< of the plan, for what is kept because it reads it; empty: nothing is
};

/// The changes of all references of a definition from the sources it read (`recorded`) to those there are (`observed`).
/// `retained` are the files kept from the last refresh, below `store_root`. With equal states it tells the columns and
/// rows of each reference. Old versions of upstream views stay readable for the run. `failed`, naming the source, where
/// one is gone or no longer fits its pinned columns.
Result<SourceChanges> reference_changes(Database& database, const ViewDefinition& definition,
                                        const SourceVector& recorded, const SourceVector& observed,
                                        const std::vector<RetainedFile>& retained,
                                        const std::filesystem::path& store_root, RunSources& run,
                                        const SourceReads& reads = {});

}  // namespace matview::engine
