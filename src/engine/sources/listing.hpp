#pragma once

#include <string>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// True if DuckDB takes the path for a pattern.
bool is_pattern(std::string_view path);

/// The files of an absolute path or pattern, as DuckDB's glob finds them, sorted by path and stat'ed. A pattern may
/// match none. `failed` for a plain path that is not there, a directory that cannot be read, or something that is no
/// regular file.
Result<std::vector<FileState>> list_files(const std::string& pattern);

/// The same for several; `failed` if a file is among them twice, which DuckDB would read twice.
Result<std::vector<FileState>> list_files(const std::vector<std::string>& patterns);

/// The path as DuckDB's functions must be given it: characters of a file's name are no pattern.
std::string literal_path(const std::string& path);

}  // namespace matview::engine
