#include "support/store_fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

namespace matview::test {

namespace fs = std::filesystem;

namespace {

/// With the times of the files, by which kept sources are known again.
void copy_tree(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(from))
    if (entry.is_regular_file()) fs::last_write_time(to / fs::relative(entry.path(), from), entry.last_write_time());
}

}  // namespace

StoreFixture::StoreFixture() { fs::create_directories(sources()); }

Command StoreFixture::command(std::vector<std::string> arguments) const {
  auto command = box_.command(std::move(arguments));
  command.environment["MATVIEW_STORE"] = store().string();
  return command;
}

Outcome StoreFixture::run(std::vector<std::string> arguments) const { return test::run(command(std::move(arguments))); }

std::string StoreFixture::must(std::vector<std::string> arguments) const {
  const auto shown = arguments.empty() ? std::string() : arguments.front();
  const auto outcome = run(std::move(arguments));
  INFO(shown, ": ", outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return outcome.out;
}

void StoreFixture::write_csv(std::string_view name, int first, int count) const {
  const auto path = sources() / (std::string(name) + ".csv");
  const auto temporary = path.string() + ".new";
  {
    std::ofstream out(temporary);
    out << "k,v\n";
    for (int i = 0; i < count; ++i) out << (first + i) % 5 << ',' << first + i << '\n';
  }
  fs::rename(temporary, path);
}

std::string StoreFixture::query(const std::string& sql) const {
  const auto text = must({"query", sql, "-o", "csv"});
  const auto header_end = text.find('\n');
  return header_end == std::string::npos ? std::string() : text.substr(header_end + 1);
}

std::string StoreFixture::duckdb(const std::string& database, const std::string& sql) const {
  auto command = box_.command({database});
  const auto* shell = std::getenv("MATVIEW_DUCKDB_SHELL");
  REQUIRE(shell != nullptr);
  command.program = shell;
  command.input = sql;
  const auto outcome = test::run(command);
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return outcome.out;
}

void StoreFixture::save() const { copy_tree(store(), box_.home() / "saved"); }

void StoreFixture::restore() const { copy_tree(box_.home() / "saved", store()); }

std::set<std::string> StoreFixture::files_on_disk() const {
  std::set<std::string> files;
  if (!fs::exists(store() / "data")) return files;
  for (const auto& entry : fs::recursive_directory_iterator(store() / "data"))
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), store() / "data").string());
  return files;
}

std::set<std::string> StoreFixture::files_in_catalog() const {
  SQLite::Database catalog((store() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE);
  std::set<std::string> files;
  SQLite::Statement current(
      catalog,
      "SELECT s.path || t.path || f.path FROM ducklake_data_file f JOIN ducklake_table t USING (table_id) "
      "JOIN ducklake_schema s USING (schema_id) UNION ALL "
      "SELECT s.path || t.path || d.path FROM ducklake_delete_file d JOIN ducklake_table t USING (table_id) "
      "JOIN ducklake_schema s USING (schema_id)");
  while (current.executeStep()) files.insert(current.getColumn(0).getString());
  SQLite::Statement scheduled(catalog, "SELECT path FROM ducklake_files_scheduled_for_deletion");
  while (scheduled.executeStep()) files.insert(scheduled.getColumn(0).getString());
  return files;
}

std::set<std::string> StoreFixture::private_files_on_disk() const {
  std::set<std::string> files;
  for (const auto* place : {"state", "sources"}) {
    if (!fs::exists(store() / place)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(store() / place))
      if (entry.is_regular_file()) files.insert(entry.path().lexically_relative(store()).string());
  }
  return files;
}

std::set<std::string> StoreFixture::private_files_in_catalog() const {
  SQLite::Database catalog((store() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE);
  std::set<std::string> files;
  SQLite::Statement known(
      catalog,
      "SELECT 'state/' || view_id || '/' || path FROM matview_state_file UNION ALL "
      "SELECT 'state/' || f.view_id || '/' || d.path FROM matview_state_delete_file d "
      "JOIN matview_state_file f USING (file_id) UNION ALL "
      "SELECT path FROM matview_retained WHERE path <> '' UNION ALL SELECT path FROM matview_scheduled_file");
  while (known.executeStep()) files.insert(known.getColumn(0).getString());
  return files;
}

void StoreFixture::check_clean_after_gc() const {
  must({"gc"});
  const auto doctor = run({"doctor"});
  INFO(doctor.out, doctor.err);
  CHECK(doctor.exit_code == 0);
  CHECK(files_on_disk() == files_in_catalog());
  CHECK(private_files_on_disk() == private_files_in_catalog());
  for (const auto* place : {"tmp", "locks/pins"}) {
    const auto path = store() / place;
    CHECK((!fs::exists(path) || fs::is_empty(path)));
  }
}

}  // namespace matview::test
