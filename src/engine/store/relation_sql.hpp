#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/store/records.hpp"

namespace matview::engine {

// Stored relations as SQL for a Database. Files without deletes are read together, each of the others less the rows
// that its delete file names (see duckdb/deleted_rows.hpp). Hidden columns ("__matview_…") are seen only where they are
// asked for.

/// A SELECT of the live rows with the types of the query that made them. `columns` are those of the files, in their
/// order.
std::string rows_sql(const std::vector<DataFile>& files, const std::vector<StoredColumn>& columns);

/// A SELECT that returns no rows but has these columns.
std::string empty_select(const std::vector<StoredColumn>& columns);

/// A SELECT of the live rows as they are stored, and where each is: __matview_file BIGINT (data_file_id) and
/// __matview_pos BIGINT. `stored_columns` are the quoted names of all columns of the files, in their order, hidden ones
/// last; whoever needs fewer selects from this. Empty without files.
std::string located_rows_sql(const std::vector<DataFile>& files, const std::vector<std::string>& stored_columns);

/// Rows of `to` that are not rows of `from`, and the other way round, told by file and position alone: equal rows may
/// be on both sides. An empty text is no rows.
struct RowsChange {
  std::string added;
  std::string removed;
  bool rewritten = false;  ///< whole files came and went: consolidate before the rows are used one by one
  std::string lost;        ///< why the change cannot be told, "SOURCE_HISTORY_MISSING …"; then the rest is empty
  std::int64_t added_bytes = 0;  ///< of the files that are read for each
  std::int64_t removed_bytes = 0;
};

/// Both are versions of one relation that have the same columns.
RowsChange rows_change(const std::vector<DataFile>& from, const std::vector<DataFile>& to,
                       const std::vector<StoredColumn>& columns);

}  // namespace matview::engine
