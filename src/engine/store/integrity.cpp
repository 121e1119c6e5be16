#include "engine/store/integrity.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <set>
#include <string>

#include "engine/store/data_files.hpp"
#include "engine/store/retained_rows.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/store.hpp"
#include "support/checksum.hpp"
#include "support/file.hpp"
#include "support/text.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

using Outcome = Check::Outcome;

Check ok(std::string name, std::string message) { return {std::move(name), Outcome::ok, std::move(message), ""}; }

Check check_catalog(SQLite::Database& database, const StorePaths& paths) {
  if (const auto schema = check_schema(database, paths.catalog()); !schema)
    return {"catalog", Outcome::failed, schema.error().message, schema.error().hint};
  const std::string answer = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (answer != "ok")
    return {"catalog", Outcome::failed, "'" + paths.catalog().string() + "' is damaged: " + answer,
            "restore it from a copy; the rows themselves are in the Parquet files beside it"};
  return ok("catalog", "'" + paths.catalog().string() + "' is sound");
}

Check check_data_path(SQLite::Database& database, const StorePaths& paths) {
  const std::string recorded =
      database.execAndGet("SELECT value FROM ducklake_metadata WHERE key = 'data_path' AND scope IS NULL").getString();
  const std::string actual = paths.data().string() + "/";
  if (recorded == actual) return ok("data path", recorded);
  return {"data path", Outcome::warning,
          "the store is at '" + actual + "', its catalog tells DuckLake readers '" + recorded + "'",
          "other readers need DATA_PATH '" + actual + "' and OVERRIDE_DATA_PATH in their ATTACH"};
}

struct CatalogFiles {
  std::vector<DataFile> files;
  std::set<fs::path> known;  ///< relative to `data/`: files of any table and those to be deleted
};

CatalogFiles read_files(SQLite::Database& database, const StorePaths& paths) {
  CatalogFiles result;
  SQLite::Statement query(database,
                          "SELECT f.data_file_id, s.path || t.path || f.path, f.record_count, f.file_size_bytes,"
                          " m.checksum, m.mtime_ns, m.ctime_ns, m.inode FROM ducklake_data_file f"
                          " JOIN ducklake_table t ON t.table_id = f.table_id JOIN ducklake_schema s USING (schema_id)"
                          " JOIN matview_data_file m ON m.data_file_id = f.data_file_id ORDER BY 2");
  while (query.executeStep()) {
    DataFile file;
    file.data_file_id = query.getColumn(0).getInt64();
    file.path = (paths.data() / query.getColumn(1).getString()).string();
    file.rows = query.getColumn(2).getInt64();
    file.bytes = query.getColumn(3).getInt64();
    file.checksum = query.getColumn(4).getString();
    file.recorded.mtime_ns = query.getColumn(5).getInt64();
    file.recorded.ctime_ns = query.getColumn(6).getInt64();
    file.recorded.inode = static_cast<std::uint64_t>(query.getColumn(7).getInt64());
    result.files.push_back(std::move(file));
  }
  SQLite::Statement known(
      database,
      "SELECT s.path || t.path || f.path FROM ducklake_data_file f JOIN ducklake_table t USING (table_id)"
      " JOIN ducklake_schema s USING (schema_id) UNION ALL"
      " SELECT s.path || t.path || f.path FROM ducklake_delete_file f JOIN ducklake_table t USING (table_id)"
      " JOIN ducklake_schema s USING (schema_id) UNION ALL"
      " SELECT path FROM ducklake_files_scheduled_for_deletion");
  while (known.executeStep()) result.known.insert(known.getColumn(0).getString());
  return result;
}

Result<void> check_file(DataFile file, bool deep) {
  // Without what stat once said the checksum is computed in any case.
  if (deep) file.recorded = {};
  return verify_data_file(file);
}

Result<std::vector<std::string>> orphans(const StorePaths& paths, const std::set<fs::path>& known) {
  std::vector<std::string> found;
  MATVIEW_ASSIGN(const auto directories, support::list_directory(paths.data() / "main"));
  for (const std::string& directory : directories) {
    const fs::path relative = fs::path("main") / directory;
    const auto names = support::list_directory(paths.data() / relative);
    if (!names) continue;
    for (const std::string& name : *names)
      if (!known.contains(relative / name)) found.push_back((relative / name).string());
  }
  return found;
}

}  // namespace

Result<std::vector<Check>> check_integrity(Catalog& catalog, const StorePaths& paths, bool deep) {
  CatalogFiles files;
  std::vector<RetainedFile> kept;
  auto checks = catalog.read([&](SQLite::Database& database) -> Result<std::vector<Check>> {
    std::vector<Check> found{check_catalog(database, paths)};
    if (found.back().outcome == Outcome::failed) return found;
    found.push_back(check_data_path(database, paths));
    files = read_files(database, paths);
    if (has_incremental_tables(database)) kept = read_retained(database);
    return found;
  });
  if (!checks) return std::vector<Check>{{"catalog", Outcome::failed, checks.error().message, checks.error().hint}};
  if (checks->back().outcome == Outcome::failed) return checks;

  std::int64_t damaged = 0;
  for (const DataFile& file : files.files) {
    const auto sound = check_file(file, deep);
    if (sound) continue;
    ++damaged;
    checks->push_back({"data files", Outcome::failed, sound.error().message, "refresh the view with --full"});
  }
  if (damaged == 0)
    checks->push_back(ok("data files", std::to_string(files.files.size()) + " files are there" +
                                           (deep ? " and have their checksums" : " and unchanged")));
  if (!kept.empty()) {
    const auto space = space_of(kept, paths.root);
    checks->push_back(ok("kept sources", support::count_noun(space.files, "file") + " of views' sources, which take " +
                                             support::human_bytes(space.bytes)));
  }
  MATVIEW_ASSIGN(const auto unknown, orphans(paths, files.known));
  if (!unknown.empty())
    checks->push_back({"orphans", Outcome::warning,
                       std::to_string(unknown.size()) + " files below 'data' belong to no view (" + unknown[0] +
                           (unknown.size() > 1 ? ", …)" : ")"),
                       "run `matview gc`, unless a refresh is running"});
  return checks;
}

}  // namespace matview::engine
