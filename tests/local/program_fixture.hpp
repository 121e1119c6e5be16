#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/store_fixture.hpp"

namespace matview::test {

/// A store with programs for views to be made by.
class ProgramFixture : public StoreFixture {
 public:
  /// Writes an executable file into the working directory.
  std::string program(const std::string& name, const std::string& text) const {
    const auto path = box().work() / name;
    write(name, text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return "./" + name;
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(box().work() / name, std::ios::binary | std::ios::trunc) << text;
  }

  std::string read(const std::string& name) const { return read_file(box().work() / name); }

  /// A program in Python that is given `rows`, all of them, and calls `put` for each row it returns.
  std::string python(const std::string& name, const std::string& body) const {
    return program(name,
                   "#!/usr/bin/python3\n"
                   "import json, os, signal, sys, time\n"
                   "def put(**row): print(json.dumps(row))\n"
                   "ID = '__source_row_id'\n" +
                       body);
  }

  /// One that splits the column `text` at blanks and returns `word`.
  std::string splitter() const {
    return python("split.py",
                  "for line in sys.stdin:\n"
                  "    row = json.loads(line)\n"
                  "    for word in (row['text'] or '').split():\n"
                  "        put(**{ID: row[ID], 'word': word})\n");
  }

  Outcome create(const std::string& kind, const std::string& sql, const std::string& file, const std::string& schema,
                 std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"create", "v",  "--kind",          kind,   "--query",    sql,
                                       "--udtf", file, "--output-schema", schema, "--with-data"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  void must_create(const std::string& kind, const std::string& sql, const std::string& file, const std::string& schema,
                   std::vector<std::string> more = {}) const {
    const auto outcome = create(kind, sql, file, schema, std::move(more));
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }

  Json last_job(const std::string& view = "v") const {
    return parse_json(must({"history", view, "-o", "json"}))["jobs"][0];
  }

  /// Refreshes and returns the job.
  Json refresh(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"refresh", "v"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    must(arguments);
    return last_job();
  }
};

}  // namespace matview::test
