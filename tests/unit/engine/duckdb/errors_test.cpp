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

TEST_CASE("an error in a CSV file tells its cause, whichever that is") {
  struct Case {
    const char* text;
    const char* cause;
    const char* hint;
  };
  const Case cases[] = {
      {"Original Line: id,v\nInvalid unicode (byte sequence mismatch) detected. This file is not utf-8 encoded.\n\n",
       "Invalid unicode (byte sequence mismatch) detected. This file is not utf-8 encoded.", "encoding = 'latin-1'"},
      {"Original Line: 1,aaa\nMaximum line size of 2 bytes exceeded. Actual Size:5 bytes.\n\nPossible Solution: x\n",
       "Maximum line size of 2 bytes exceeded. Actual Size:5 bytes.", "max_line_size"},
      {" The parallel scanner does not support null_padding in conjunction with quoted new lines.\n",
       "The parallel scanner does not support null_padding in conjunction with quoted new lines.", "parallel = false"},
      {"Original Line: 1,\"a\n\nValue with unterminated quote found.\n", "Value with unterminated quote found.",
       "mend the file"},
      {"Original Line: 1,2\nSomething that nobody has seen before.\n", "Something that nobody has seen before.",
       "mend the file"},
  };
  for (const auto& [text, cause, hint] : cases) {
    const auto error = duckdb_error(std::string("Invalid Input Error: CSV Error on Line: 2\n") + text +
                                    "\n  file = /data/b.csv\n  delimiter = , (Auto-Detected)\n");
    CHECK(error.message == std::string("Invalid Input Error: CSV Error on Line: 2 of '/data/b.csv': ") + cause);
    CHECK_MESSAGE(error.hint.find(hint) != std::string::npos, error.hint);
  }
}

TEST_CASE("an error about a part of a file names the file, and no line of the part") {
  const PartNames parts{{"/tmp/part0/s.csv", "/data/s.csv"}};
  const auto csv = duckdb_error(
      "Conversion Error: CSV Error on Line: 2\nOriginal Line: 3,x\nError when converting column \"v\".\n\n"
      "  file = /tmp/part0/s.csv\n",
      0, parts);
  CHECK(csv.message == "Conversion Error: CSV Error of '/data/s.csv': Error when converting column \"v\".");
  CHECK(csv.detail == "Original Line: 3,x");
  const auto message = [&](const std::string& text) { return duckdb_error(text, 0, parts).message; };
  CHECK(message("Malformed JSON in file \"/tmp/part0/s.csv\", at byte 8 in line 3: unexpected end of data.") ==
        "Malformed JSON in file \"/data/s.csv\": unexpected end of data.");
  CHECK(message("JSON transform error in file \"/tmp/part0/s.csv\", in line 2: Failed to cast \"x\"") ==
        "JSON transform error in file \"/data/s.csv\": Failed to cast \"x\"");
  CHECK(message("JSON transform error in file \"/data/t.csv\", in line 2: Failed") ==
        "JSON transform error in file \"/data/t.csv\", in line 2: Failed");
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
