#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/store.hpp"
#include "support/checksum.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::engine {

/// The value of a Result that must have one.
template <typename T>
T value_of(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : result.error().message));
  return *std::move(result);
}
inline void must(Result<void> result) {
  REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : result.error().message));
}
template <typename T>
Error error_of(Result<T> result) {
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

/// A store in a temporary directory and the small steps tests are made of. Data files are any bytes: the store never
/// looks inside them.
class StoreFixture {
 public:
  StoreFixture() { environment.at(Time(std::chrono::hours(24 * 20'000))); }

  std::filesystem::path root() const { return directory.path() / "store"; }

  std::unique_ptr<Store> open(Store::Access access = Store::Access::write) {
    return value_of(Store::open(root(), access, environment));
  }

  static std::vector<StoredColumn> columns() { return {{"id", "BIGINT", "BIGINT"}, {"name", "VARCHAR", "VARCHAR"}}; }

  static ViewDefinition definition(const std::string& name) {
    ViewDefinition view;
    view.name = name;
    view.sql = "SELECT * FROM 'x.parquet'";
    view.base_dir = "/base";
    view.sources = {{"x.parquet", "files", R"({"a": "b"})"}};
    view.columns = columns();
    view.fingerprint = "f1";
    view.time_zone = "UTC";
    return view;
  }

  /// Writes a file into the view's directory as a refresh does.
  static NewDataFile write_file(Store& store, std::int64_t view_id, const std::string& name, const std::string& content,
                                std::int64_t rows = 1) {
    const auto path = value_of(store.data_directory(view_id)) / name;
    std::ofstream(path) << content;
    NewDataFile file;
    file.path = name;
    file.rows = rows;
    file.bytes = static_cast<std::int64_t>(content.size());
    file.footer_size = 4;
    file.checksum = support::checksum(content);
    file.columns.push_back({{"id"}, 8, rows, 0, "1", std::to_string(rows), std::nullopt});
    return file;
  }

  Job job(const std::string& id, JobState state = JobState::succeeded) const {
    Job made;
    made.id = id;
    made.view = "v";
    made.state = state;
    made.mode = "full";
    made.started_at = environment.now();
    return made;
  }

  /// A commit that follows what the store has now.
  RefreshCommit next_commit(Store& store, std::int64_t view_id, std::vector<NewDataFile> files) {
    const auto views = value_of(store.views());
    for (const ViewRecord& view : views) {
      if (view.view_id != view_id) continue;
      RefreshCommit commit;
      commit.view_id = view_id;
      commit.definition_version = view.definition_version;
      if (view.current) commit.base_version = view.current->version;
      commit.columns = view.definition.columns;
      commit.field_ids = value_of(store.field_ids(view_id, commit.columns));
      commit.files = std::move(files);
      commit.fingerprint = view.definition.fingerprint;
      commit.job = job("job-" + std::to_string(view_id) + "-" + std::to_string(++jobs_));
      return commit;
    }
    FAIL("no such view");
    return {};
  }

  /// One refresh: a file of `rows` rows becomes the view's newest version.
  VersionRecord refresh(Store& store, std::int64_t view_id, std::int64_t rows = 1) {
    const std::string name = "f" + std::to_string(++files_) + ".parquet";
    return value_of(store.commit_refresh(
        next_commit(store, view_id, {write_file(store, view_id, name, "content of " + name, rows)})));
  }

  /// Makes the catalog what it was before there were schedules.
  void make_second_layout() const {
    SQLite::Database database((root() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE);
    for (const char* column : {"succeeded_at", "failures", "suspended_at", "suspended_reason", "suspended_with"})
      database.exec(std::string("ALTER TABLE matview_view DROP COLUMN ") + column);
    database.exec("UPDATE matview_meta SET value = 2 WHERE key = 'schema'");
  }

  /// Makes the catalog what it was before there were incremental refreshes.
  void make_first_layout() const {
    make_second_layout();
    SQLite::Database database((root() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE);
    for (const char* table : {"matview_state_relation", "matview_state_file", "matview_state_delete_file",
                              "matview_retained", "matview_scheduled_file"})
      database.exec(std::string("DROP TABLE ") + table);
    for (const char* index : {"matview_on_delete_file", "matview_source_file_inode", "matview_source_object"})
      database.exec(std::string("DROP INDEX ") + index);
    database.exec("ALTER TABLE matview_view DROP COLUMN plan; ALTER TABLE matview_view DROP COLUMN state_serial");
    database.exec("UPDATE matview_meta SET value = 1 WHERE key = 'schema'");
  }

  void advance(Duration time) { environment.at(environment.now() + time); }

  /// One value of the catalog, read as any other program reads it.
  std::string query(const std::string& sql) const {
    SQLite::Database database((root() / "catalog.sqlite").string(), SQLite::OPEN_READONLY);
    SQLite::Statement statement(database, sql);
    std::string text;
    while (statement.executeStep()) {
      if (!text.empty()) text += " ";
      for (int i = 0; i < statement.getColumnCount(); ++i)
        text += (i > 0 ? "," : "") + statement.getColumn(i).getString();
    }
    return text;
  }

  /// Names of all files below `data/`, sorted.
  std::vector<std::string> files_on_disk() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / "data"))
      if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  test::TemporaryDirectory directory;
  test::FakeEnvironment environment;

 private:
  int files_ = 0;
  int jobs_ = 0;
};

}  // namespace matview::engine
