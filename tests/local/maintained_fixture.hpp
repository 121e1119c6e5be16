#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/store_fixture.hpp"

namespace matview::test {

/// A view that no refresh after the first may compute in full, proved by an independent computation after each.
struct MaintainedFixture : StoreFixture {
  /// As every careful writer does: a new file, put in place of the old one.
  void write(const std::string& name, const std::string& text) const {
    namespace fs = std::filesystem;
    const auto path = sources() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path.string() + ".new") << text;
    fs::rename(path.string() + ".new", path);
  }
  void remove(const std::string& name) const { std::filesystem::remove(sources() / name); }

  /// A view, and the techniques its refreshes are to use: in order, with commas.
  struct View {
    std::string sql;
    std::string techniques;
  };

  /// Takes views over the files in `a` and `b`, whose columns are numbers k and v, through every kind of change: rows
  /// that come, go and are replaced, NULLs as keys and values, rows that stand twice, and none at all. `options` are of
  /// their creation. After each all of them are what an independent computation says; none may be computed in full.
  void check(const std::vector<View>& views, const std::vector<std::string>& options = {}) const {
    const std::string head = "k,v\n";
    write("a/1.csv", head + "1,2\n2,3\n3,4\n3,4\n");
    write("a/2.csv", head + "7,8\n,1\n");
    write("b/1.csv", head + "1,10\n2,20\n4,40\n");
    std::map<std::string, std::set<std::string>> used;
    for (std::size_t i = 0; i < views.size(); ++i) {
      const auto name = "t" + std::to_string(i);
      std::vector<std::string> create{"create",         name,    "--query", views[i].sql, "--with-data",
                                      "--refresh-mode", "strict"};
      create.insert(create.end(), options.begin(), options.end());
      must(create);
      used[name] = {};
    }
    const std::vector<std::vector<std::pair<std::string, std::string>>> steps{
        {{"a/3.csv", "4,5\n5,2\n1,1\n"}},                      // come
        {{"a/1.csv", "1,2\n3,4\n4,9\n"}},                      // are replaced
        {{"b/1.csv", "1,10\n2,21\n3,30\n4,\n"}},               // on the other side
        {{"a/2.csv", ""}},                                     // go
        {{"a/4.csv", ",\n,1\n1,\n"}, {"b/2.csv", ",5\n,\n"}},  // NULLs, on both sides
        {{"a/1.csv", "1,2\n2,4\n"}, {"b/1.csv", "1,11\n"}},    // much at once
        {{"b/1.csv", ""}, {"b/2.csv", ""}},                    // one side is empty
        {{"a/1.csv", ""}, {"a/3.csv", ""}, {"a/4.csv", ""}},   // and the other
        {{"a/1.csv", "1,2\n2,3\n1,2\n"}, {"b/1.csv", "2,7\n,3\n"}},
        {{"a/3.csv", "3,1\n"}},
    };
    for (const auto& step : steps) {
      for (const auto& [name, rows] : step) write(name, head + rows);
      const auto run = parse_json(must({"refresh", "--all", "--verify", "-o", "json"}));
      for (const auto& job : run["jobs"])
        if (job["mode"] == "incremental")
          used.at(job["view"]).merge(job["native"]["techniques"].get<std::set<std::string>>());
        else
          CHECK(job["mode"] == "no_data");
    }
    for (std::size_t i = 0; i < views.size(); ++i) {
      CAPTURE(views[i].sql);
      std::string names;
      used["t" + std::to_string(i)].erase("appended_rows");  // how the files tell their change, of any view
      for (const auto& name : used["t" + std::to_string(i)]) names += (names.empty() ? "" : ", ") + name;
      CHECK(names == views[i].techniques);
    }
  }

  /// Coded reason and words why a query is never incremental.
  std::string refused(const std::string& sql) const {
    const auto outcome = run({"create", "no", "--query", sql, "--refresh-mode", "strict"});
    return outcome.exit_code == 9 ? outcome.err : "not refused";
  }
};

}  // namespace matview::test
