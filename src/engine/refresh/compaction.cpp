#include "engine/refresh/compaction.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/store/relation_sql.hpp"
#include "support/failpoint.hpp"

namespace matview::engine {

namespace {

// What reading takes of one thread, in nanoseconds, measured with DuckDB 1.5 on files of 10 million rows. A scan of all
// columns took 7 ns a row of 8.5 bytes (two numbers), 13 of 5.3 (two, bit-packed), 22 of 14.6 (four numbers), 54
// of 18.2 (with a text); what is taken here is the least of them. To leave deleted rows out took 3 to 4 ns a row,
// however many they were.
constexpr double k_statement = 2e6;
constexpr double k_open_file = 150e3;
constexpr double k_open_deletes = 400e3;
constexpr double k_row = 4;
constexpr double k_byte = 0.5;
constexpr double k_look_up = 4;
constexpr double k_deleted_row = 20;  ///< to read its position

// When to compact, and how far. Above twice the scan of one file reading would suffer.
constexpr double k_highest = 1.8;
constexpr double k_aim = 1.2;

std::int64_t deleted_rows(const DataFile& file) { return file.deletes ? file.deletes->rows : 0; }
std::int64_t live_rows(const DataFile& file) { return file.rows - deleted_rows(file); }

double scan(const DataFile& file) {
  return k_row * static_cast<double>(file.rows) + k_byte * static_cast<double>(file.bytes);
}

/// The part of a scan that is worth its time.
double live_scan(const DataFile& file) {
  return file.rows == 0 ? 0 : scan(file) * static_cast<double>(live_rows(file)) / static_cast<double>(file.rows);
}

/// What a file costs beyond the scan of its rows in a larger one.
double waste(const DataFile& file) {
  const double whole = k_open_file + scan(file) - live_scan(file);
  if (!file.deletes) return whole;
  return whole + k_open_deletes + k_deleted_row * static_cast<double>(deleted_rows(file)) +
         k_look_up * static_cast<double>(file.rows);
}

/// The same for each of its rows.
double waste_of_row(const DataFile& file) {
  return waste(file) / static_cast<double>(std::max<std::int64_t>(live_rows(file), 1));
}

struct Cost {
  double actual = k_statement;
  double compacted = k_statement + k_open_file;

  double ratio() const { return actual / compacted; }
};

/// Of files of which those in `merged` are one new file.
Cost cost_of(const std::vector<DataFile>& files, const std::vector<bool>& merged) {
  Cost cost;
  bool any_merged = false;
  for (std::size_t i = 0; i < files.size(); ++i) {
    cost.compacted += live_scan(files[i]);
    if (merged[i]) {
      any_merged = true;
      cost.actual += live_scan(files[i]);
    } else {
      cost.actual += live_scan(files[i]) + waste(files[i]);
    }
  }
  if (any_merged) cost.actual += k_open_file;
  return cost;
}

/// The rows of `files` as they are stored, in their order.
std::string stored_rows(const std::vector<DataFile>& files, const std::vector<std::string>& columns) {
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + column;
  return fmt::format("SELECT {} FROM ({})", list, located_rows_sql(files, columns));
}

void remove_from(std::vector<NewDataFile>& files, const std::filesystem::path& path) {
  std::erase_if(files, [&](const NewDataFile& file) { return file.path == path.filename().string(); });
}

}  // namespace

std::vector<DataFile> files_after(const std::vector<DataFile>& current, const RelationChange& change,
                                  const std::filesystem::path& directory) {
  std::vector<DataFile> files;
  for (DataFile file : current) {
    const auto found = std::find_if(change.deletes.begin(), change.deletes.end(),
                                    [&](const auto& deletes) { return deletes.data_file_id == file.data_file_id; });
    if (found != change.deletes.end()) {
      if (found->rows == file.rows) continue;
      file.deletes = DeleteFile{(directory / found->path).string(), found->rows, found->bytes, found->checksum, {}};
    }
    files.push_back(std::move(file));
  }
  std::int64_t id = 0;
  for (const NewDataFile& file : change.files)
    files.push_back({--id, (directory / file.path).string(), file.rows, file.bytes, file.checksum, {}, std::nullopt});
  return files;
}

bool needs_compaction(const std::vector<DataFile>& after_commit) {
  return cost_of(after_commit, std::vector<bool>(after_commit.size())).ratio() > k_highest;
}

std::vector<std::size_t> files_to_compact(const std::vector<DataFile>& files) {
  if (!needs_compaction(files)) return {};
  std::vector<std::size_t> order(files.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return waste_of_row(files[left]) > waste_of_row(files[right]);
  });
  std::vector<bool> merged(files.size());
  std::vector<std::size_t> chosen;
  for (const std::size_t index : order) {
    if (cost_of(files, merged).ratio() <= k_aim) break;
    merged[index] = true;
    chosen.push_back(index);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Result<bool> compact(Database& database, const std::vector<DataFile>& current, RelationChange& change,
                     const std::vector<std::string>& stored_columns, const std::string& field_ids,
                     UncommittedFiles& files, Control& control, const std::string& view) {
  if (change.replaces) return false;
  const auto after = files_after(current, change, files.directory());
  const auto chosen = files_to_compact(after);
  if (chosen.empty()) return false;
  std::vector<DataFile> merged;
  for (const std::size_t index : chosen) merged.push_back(after[index]);
  MATVIEW_TRY(support::failpoint("refresh.before_compaction"));
  MATVIEW_ASSIGN(const auto written,
                 write_rows(database, stored_rows(merged, stored_columns), field_ids, files.add(), control, view));
  MATVIEW_TRY(support::failpoint("refresh.after_compaction"));
  for (const DataFile& file : merged) {
    if (file.data_file_id < 0) {
      remove_from(change.files, file.path);
      files.drop(file.path);
      continue;
    }
    // Its rows are in the new file, so that none is left in it.
    const auto known = std::find_if(change.deletes.begin(), change.deletes.end(),
                                    [&](const auto& deletes) { return deletes.data_file_id == file.data_file_id; });
    if (known != change.deletes.end()) {
      files.drop(files.directory() / known->path);
      change.deletes.erase(known);
    }
    change.deletes.push_back({file.data_file_id, "", file.rows, 0, 0, ""});
  }
  change.files.push_back(written);
  return true;
}

}  // namespace matview::engine
