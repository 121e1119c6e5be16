#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/refresh/write_rows.hpp"
#include "engine/store/records.hpp"
#include "matview/control.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// The files a relation has once `change` (one that does not replace) is committed on `current`. Its new files have ids
/// below zero; `directory` is where they are.
std::vector<DataFile> files_after(const std::vector<DataFile>& current, const RelationChange& change,
                                  const std::filesystem::path& directory);

/// Whether reading all columns of these files is expected to take more than 1.8 times as long as from one file of the
/// same rows. What takes longer: rows that are read and left out, the look whether a row is left out, opening files.
/// What a statement takes whatever it reads counts for both, so that a small relation may have a dozen files.
bool needs_compaction(const std::vector<DataFile>& after_commit);

/// Which files (by index) to write anew as one so that this is no longer so, with room for the changes to come: those
/// that cost most for the rows they have. Small files are merged often, large ones seldom. Empty where it is not
/// needed.
std::vector<std::size_t> files_to_compact(const std::vector<DataFile>& files);

/// Makes of a change, whose files are written, one after which reading takes no longer than it may: adds a file with
/// the rows of those that are to be merged, which the change then ends or does not bring. True if it did anything.
/// `stored_columns` are the quoted names of all columns in the files, hidden ones last, `field_ids` COPY's FIELD_IDS.
Result<bool> compact(Database& database, const std::vector<DataFile>& current, RelationChange& change,
                     const std::vector<std::string>& stored_columns, const std::string& field_ids,
                     UncommittedFiles& files, Control& control, const std::string& view);

}  // namespace matview::engine
