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
  std::vector<DataFile> files;  ///< data files and delete files alike
  std::vector<DataFile> state;
  std::set<fs::path> known;  ///< relative to `data/`: files of any table and those to be deleted
};

/// Files with their path below `directory`, size, checksum and identity.
std::vector<DataFile> read_identities(SQLite::Database& database, const fs::path& directory, const std::string& sql) {
  SQLite::Statement query(database, sql + " ORDER BY 1");
  std::vector<DataFile> files;
  while (query.executeStep()) {
    DataFile file;
    file.path = (directory / query.getColumn(0).getString()).string();
    file.bytes = query.getColumn(1).getInt64();
    file.checksum = query.getColumn(2).getString();
    file.recorded = identity_at(query, 3, file.path);
    files.push_back(std::move(file));
  }
  return files;
}

CatalogFiles read_files(SQLite::Database& database, const StorePaths& paths) {
  CatalogFiles result;
  const std::string identity = " m.checksum, m.size, m.mtime_ns, m.ctime_ns, m.inode, m.device FROM ";
  const std::string table =
      " f JOIN ducklake_table t USING (table_id) JOIN ducklake_schema s USING (schema_id) JOIN matview_data_file m"
      " ON m.data_file_id = f.";
  const std::string path = "SELECT s.path || t.path || f.path, f.file_size_bytes,";
  result.files = read_identities(database, paths.data(),
                                 path + identity + "ducklake_data_file" + table + "data_file_id UNION ALL " + path +
                                     identity + "ducklake_delete_file" + table + "delete_file_id");
  if (has_incremental_tables(database)) {
    const std::string state = "SELECT f.view_id || '/' || m.path, m.size," + identity;
    result.state = read_identities(database, paths.state(),
                                   state + "matview_state_file f JOIN matview_state_file m USING (file_id) UNION ALL " +
                                       state + "matview_state_file f JOIN matview_state_delete_file m USING (file_id)");
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

void check_files(const std::string& what, const std::vector<DataFile>& files, bool deep, std::vector<Check>& checks) {
  bool damaged = false;
  for (const DataFile& file : files) {
    const auto sound = check_file(file, deep);
    if (sound) continue;
    damaged = true;
    checks.push_back({what, Outcome::failed, sound.error().message, "refresh the view with --full"});
  }
  if (!damaged)
    checks.push_back(ok(what, std::to_string(files.size()) + " files are there" +
                                  (deep ? " and have their checksums" : " and unchanged")));
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

  check_files("data files", files.files, deep, *checks);
  if (!files.state.empty()) check_files("state files", files.state, deep, *checks);
  if (const auto space = space_of(kept, paths.root); space.files > 0) {
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
