#include "engine/refresh/write_rows.hpp"

#include <fmt/format.h>

#include <system_error>

#include "support/checksum.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace {

std::optional<std::int64_t> integer_of(const CopyResult::Statistics& statistics, const std::string& key) {
  const auto found = statistics.find(key);
  if (found == statistics.end()) return std::nullopt;
  return std::strtoll(found->second.c_str(), nullptr, 10);
}

std::optional<std::string> text_of(const CopyResult::Statistics& statistics, const std::string& key) {
  const auto found = statistics.find(key);
  if (found == statistics.end()) return std::nullopt;
  return found->second;
}

ColumnStats column_stats(const CopyResult::Column& column) {
  ColumnStats stats;
  stats.path = column.path;
  stats.column_size_bytes = integer_of(column.statistics, "column_size_bytes").value_or(0);
  stats.value_count = integer_of(column.statistics, "num_values").value_or(0);
  stats.null_count = integer_of(column.statistics, "null_count");
  stats.min = text_of(column.statistics, "min");
  stats.max = text_of(column.statistics, "max");
  if (const auto nan = text_of(column.statistics, "has_nan")) stats.contains_nan = *nan == "true";
  return stats;
}

}  // namespace

UncommittedFile::~UncommittedFile() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

std::filesystem::path UncommittedFiles::add(std::string_view kind) {
  const auto name =
      fmt::format("matview-{}{}{}.parquet", support::uuid_v7(environment_), kind.empty() ? "" : "-", kind);
  files_.push_back(std::make_unique<UncommittedFile>(directory_ / name));
  return files_.back()->path();
}

void UncommittedFiles::drop(const std::filesystem::path& path) {
  std::erase_if(files_, [&](const auto& file) { return file->path() == path; });
}

void UncommittedFiles::release() {
  for (const auto& file : files_) file->release();
  files_.clear();
}

Result<NewDataFile> write_rows(Database& database, const std::string& sql, const std::string& field_ids,
                               const std::filesystem::path& path, Control& control, const std::string& view) {
  MATVIEW_TRY(support::failpoint("refresh.before_write"));
  const auto copy_sql = fmt::format("COPY ({}) TO {} (FORMAT parquet{}, RETURN_STATS)", sql,
                                    quote_literal(path.string()), field_ids.empty() ? "" : ", FIELD_IDS " + field_ids);
  MATVIEW_ASSIGN(const auto copied, database.copy(copy_sql, control, view));
  MATVIEW_TRY(support::failpoint("refresh.after_write"));
  MATVIEW_TRY(support::fsync_path(path));
  MATVIEW_TRY(support::fsync_directory(path.parent_path()));
  MATVIEW_TRY(support::failpoint("refresh.after_sync"));

  NewDataFile file;
  file.path = path.filename().string();
  file.rows = copied.rows;
  file.bytes = copied.bytes;
  file.footer_size = copied.footer_size;
  MATVIEW_ASSIGN(file.checksum, support::file_checksum(path));
  // Hidden columns are in no catalog.
  for (const auto& column : copied.columns)
    if (!column.path.front().starts_with("__matview_")) file.columns.push_back(column_stats(column));
  return file;
}

}  // namespace matview::engine
