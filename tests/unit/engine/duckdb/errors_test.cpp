#include "engine/duckdb/errors.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "engine/duckdb/memory.hpp"

using namespace matview::engine;

TEST_CASE("the first line is the message, the rest the detail") {
  const auto error = duckdb_error("Binder Error: no column\nCandidates: a\n\nLINE 1: SELECT x\n               ^\n");
  CHECK(error.message == "Binder Error: no column");
  CHECK(error.detail == "Candidates: a\n\nLINE 1: SELECT x\n               ^");
  CHECK(duckdb_error("Conversion Error: Conversion Error: x").message == "Conversion Error: x");
  CHECK(duckdb_error("").message == "DuckDB failed without a message");
}

TEST_CASE("a table of DuckDB's own is not proposed, another is") {
  constexpr auto k_missing = "Catalog Error: Table with name t does not exist!\n";
  CHECK(duckdb_error(std::string(k_missing) + "Did you mean \"pg_proc\"?\n\nLINE 1: FROM t\n             ^").detail ==
        "LINE 1: FROM t\n             ^");
  CHECK(duckdb_error(std::string(k_missing) + "Did you mean \"pg_proc\"?").detail.empty());
  CHECK(duckdb_error(std::string(k_missing) + "Did you mean \"shop.tt\"?").detail == "Did you mean \"shop.tt\"?");
}

TEST_CASE("an error in a CSV file names file, line and reason and not how the reader was set up") {
  const auto error = duckdb_error(
      "Conversion Error: CSV Error on Line: 4\nOriginal Line: 3,x,7\nError when converting column \"d\". Could not "
      "convert string \"x\" to 'DATE'\n\nColumn d is being converted as type DATE\nPossible solutions:\n* Override\n\n"
      "  file = /data/b.csv\n  delimiter = , (Set By User)\n");
  CHECK(
      error.message ==
      "Conversion Error: CSV Error on Line: 4 of '/data/b.csv': Error when converting column \"d\". Could not convert "
      "string \"x\" to 'DATE'");
  CHECK(error.detail == "Original Line: 3,x,7");
  CHECK(error.hint.starts_with("mend the file"));
}

TEST_CASE("positions are those of the text without what was put before it") {
  CHECK(duckdb_error("E\n\nLINE 3: x\n        ^", 1).detail == "LINE 2: x\n        ^");
  CHECK(duckdb_error("E\n\nLINE 10: x\n         ^", 1).detail == "LINE 9: x\n        ^");
  CHECK(duckdb_error("E\n\nLINE 1: ours\n        ^", 1).detail.empty());
}

TEST_CASE("memory is what the narrowest cgroup allows") {
  const auto mount = std::filesystem::temp_directory_path() / "matview-cgroup-test";
  std::filesystem::remove_all(mount);
  std::filesystem::create_directories(mount / "a" / "b");
  std::filesystem::create_directories(mount / "memory" / "d");
  const auto write = [](const std::filesystem::path& path, const char* text) { std::ofstream(path) << text; };
  write(mount / "a" / "memory.max", "5000\n");
  write(mount / "a" / "b" / "memory.max", "max\n");
  write(mount / "memory" / "d" / "memory.limit_in_bytes", "300\n");
  CHECK(available_memory(9000, "0::/a/b\n", mount) == 5000);
  CHECK(available_memory(4000, "0::/a/b\n", mount) == 4000);
  CHECK(available_memory(9000, "12:cpu,memory:/d\n1:name=systemd:/x\n", mount) == 300);
  CHECK(available_memory(9000, "0::/none\n", mount) == 9000);
  CHECK(available_memory(9000, "", mount) == 9000);
  std::filesystem::remove_all(mount);
}
