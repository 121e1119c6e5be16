#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/files.hpp"

namespace matview::engine {

/// The call of a table function over exactly these files.
std::string call_sql(std::string_view function, const std::vector<FileState>& files,
                     const std::vector<std::string>& arguments);

/// Completes `use`, whose columns are known: the types of hive partitions, and the types each column has in each file.
Result<void> pin_parquet(Database& database, const FileCall& call, const std::vector<FileState>& files, FileUse& use);

/// `failed`, naming the file, if one has a column of a type, or lacks one, as none had or lacked when it was pinned.
Result<void> check_parquet(Database& database, const std::vector<FileState>& files, const FileUse& use);

}  // namespace matview::engine
