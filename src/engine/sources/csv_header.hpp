#pragma once

#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/sources/files.hpp"

namespace matview::engine {

/// The first row of a CSV file behind what is skipped and commented out, by the dialect of `use`. Empty for a file with
/// no row.
Result<std::vector<std::string>> csv_first_row(Database& database, const FileCall& call, const FileUse& use,
                                               const FileState& file);

}  // namespace matview::engine
