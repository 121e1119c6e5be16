#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/refresh/write_rows.hpp"
#include "support/checksum.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace {

// The field ids that table formats reserve for the columns of a delete file.
constexpr std::string_view k_path_id = "'file_path': 2147483646, ";
constexpr std::string_view k_position_id = "'pos': 2147483645";

/// What goes from one data file.
struct Gone {
  std::int64_t data_file_id = 0;
  std::int64_t rows = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

Error wrong_positions(const std::string& view, const std::string& what) {
  return Error(ErrorCode::internal, fmt::format("the change of '{}' {}", view, what));
}

Result<std::vector<Gone>> count_gone(Database& database, const std::string& positions) {
  MATVIEW_ASSIGN(const auto rows,
                 database.rows(fmt::format("SELECT __matview_file, count(*), min(__matview_pos), max(__matview_pos)"
                                           " FROM {} GROUP BY 1 ORDER BY 1",
                                           positions)));
  std::vector<Gone> gone;
  for (const auto& row : rows) {
    const auto number = [&](std::size_t column) {
      return std::strtoll(row[column].value_or("-1").c_str(), nullptr, 10);
    };
    gone.push_back({number(0), number(1), number(2), number(3)});
  }
  return gone;
}

class DeleteWriter {
 public:
  DeleteWriter(Database& database, const std::string& positions, UncommittedFiles& files, Control& control,
               const std::string& view, DeleteForm form)
      : database_(database), positions_(positions), files_(files), control_(control), view_(view), form_(form) {}

  Result<NewDeleteFile> write(const DataFile& file, const Gone& gone) {
    if (gone.first < 0 || gone.last >= file.rows)
      return fail(wrong_positions(view_, "removes a row that is not there"));
    NewDeleteFile result;
    result.data_file_id = file.data_file_id;
    result.rows = gone.rows + (file.deletes ? file.deletes->rows : 0);
    const auto positions = all_positions(file);
    if (result.rows >= file.rows) {
      MATVIEW_ASSIGN(const auto counted, database_.rows(fmt::format("SELECT count(*) FROM ({})", positions)));
      MATVIEW_TRY(check_count(std::strtoll(counted.at(0).at(0).value_or("").c_str(), nullptr, 10), result.rows));
      return result;
    }
    const auto path = files_.add("deletes");
    const bool lake = form_ == DeleteForm::lake;
    // The path is put to the positions when these are in order: sorting it with them takes longer than all else. As an
    // enumeration it is written as the same text, but not hashed and compared row by row.
    const auto sql = fmt::format(
        "COPY (SELECT {}pos FROM (FROM ({}) ORDER BY pos)) TO {} (FORMAT parquet, FIELD_IDS {{{}{}}}, RETURN_STATS)",
        lake ? fmt::format("CAST({0} AS ENUM ({0})) AS file_path, ", quote_literal(file.path)) : "", positions,
        quote_literal(path.string()), lake ? k_path_id : "", k_position_id);
    MATVIEW_ASSIGN(const auto copied, database_.copy(sql, control_, view_));
    MATVIEW_TRY(check_count(copied.rows, result.rows));
    MATVIEW_TRY(support::fsync_path(path));
    result.path = path.filename().string();
    result.bytes = copied.bytes;
    result.footer_size = copied.footer_size;
    MATVIEW_ASSIGN(result.checksum, support::file_checksum(path));
    return result;
  }

 private:
  /// Those of the delete file before included, each position once.
  std::string all_positions(const DataFile& file) const {
    auto sql = fmt::format("SELECT{} CAST(__matview_pos AS BIGINT) AS pos FROM {} WHERE __matview_file = {}",
                           file.deletes ? "" : " DISTINCT", positions_, file.data_file_id);
    if (file.deletes)
      sql += fmt::format(" UNION SELECT pos FROM read_parquet([{}], hive_partitioning = false)",
                         quote_literal(file.deletes->path));
    return sql;
  }

  Result<void> check_count(std::int64_t counted, std::int64_t expected) const {
    if (counted == expected) return {};
    return fail(wrong_positions(view_, "removes a row twice, or one that is gone already"));
  }

  Database& database_;
  const std::string& positions_;
  UncommittedFiles& files_;
  Control& control_;
  const std::string& view_;
  DeleteForm form_;
};

}  // namespace

Result<std::vector<NewDeleteFile>> write_deletes(Database& database, const std::string& positions,
                                                 const std::vector<DataFile>& current, UncommittedFiles& files,
                                                 Control& control, const std::string& view, DeleteForm form) {
  MATVIEW_ASSIGN(const auto all, count_gone(database, positions));
  MATVIEW_TRY(support::failpoint("refresh.before_deletes"));
  DeleteWriter writer(database, positions, files, control, view, form);
  std::vector<NewDeleteFile> written;
  for (const auto& gone : all) {
    const auto file = std::find_if(current.begin(), current.end(),
                                   [&](const DataFile& f) { return f.data_file_id == gone.data_file_id; });
    if (file == current.end()) return fail(wrong_positions(view, "removes rows from a file that is not its own"));
    MATVIEW_ASSIGN(auto result, writer.write(*file, gone));
    written.push_back(std::move(result));
  }
  MATVIEW_TRY(support::failpoint("refresh.after_deletes"));
  if (std::any_of(written.begin(), written.end(), [](const auto& deletes) { return !deletes.path.empty(); }))
    MATVIEW_TRY(support::fsync_directory(files.directory()));
  return written;
}

}  // namespace matview::engine
