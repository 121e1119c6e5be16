#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/files.hpp"

namespace matview::engine {

/// The call of a table function over exactly these files.
std::string call_sql(std::string_view function, const std::vector<FileState>& files,
                     const std::vector<std::string>& arguments);

/// The user's arguments but for those that `use` replaces, then its pins.
std::vector<std::string> pinned_arguments(const FileCall& call, const FileUse& use);

/// The argument of that name; null if it is not given.
const Argument* find_argument(const FileCall& call, std::string_view name);

/// True if the argument is given as true.
bool is_on(const FileCall& call, std::string_view name);

/// The error for a file that no longer fits: "'path' no longer fits the view: why".
Error misfit(const std::string& path, const std::string& why);

/// Fixes which hive partitions are columns, and their types. Answers their names.
std::vector<std::string> pin_hive(const FileCall& call, const std::vector<FileState>& files, FileUse& use);

// Each of these completes `use`, whose `columns` are known, from all the files there are.
Result<void> pin_parquet(Database& database, const FileCall& call, const std::vector<FileState>& files, FileUse& use);
Result<void> pin_csv(Database& database, const FileCall& call, const std::vector<FileState>& files, FileUse& use);
Result<void> pin_json(const FileCall& call, const std::vector<FileState>& files, FileUse& use);

// Each of these gives a relation over `files`, at least one, without an alias; empty if they hold nothing. `failed`,
// naming the file, if one has not the columns that were pinned, or other types.
Result<std::string> parquet_relation(Database& database, const FileCall& call, const FileUse& use,
                                     const std::vector<FileState>& files, Unseen unseen);
Result<std::string> csv_relation(Database& database, const FileCall& call, const FileUse& use,
                                 const std::vector<FileState>& files);
Result<std::string> json_relation(const FileCall& call, const FileUse& use, const std::vector<FileState>& files);

/// Whether Parquet files that fit have each column in one type, so that a part of them has the columns of all.
bool is_uniform(const FileCall& call, const FileUse& use);

/// The column from text, as SQL: it fails, with the file's path, where DuckDB would change the value to make it fit
/// (1.5 to the BIGINT 2, a time of day dropped from a DATE). `filename` is where the path is, if the user chose that.
std::string checked_cast(const Column& column, const std::string& filename);

/// True for the types `checked_cast` has something to check of.
bool has_check(const std::string& type);

}  // namespace matview::engine
