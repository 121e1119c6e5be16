#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/sources/files.hpp"

namespace matview::engine {

/// The first row of a CSV file behind what is skipped and commented out, by the dialect of `use`. Empty for a file with
/// no row.
Result<std::vector<std::string>> csv_first_row(Database& database, const FileCall& call, const FileUse& use,
                                               const FileState& file);

/// How many bytes stand before the first row of values: a byte order mark, skipped lines, and the header with what is
/// commented out before it. Nothing where that takes more than a glance at the file.
std::optional<std::int64_t> csv_head_size(const std::string& path, const FileUse& use);

}  // namespace matview::engine
