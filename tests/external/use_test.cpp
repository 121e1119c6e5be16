// A provider that is a program of its own, used as any other.
#include <filesystem>
#include <fstream>

#include "external_box.hpp"

using namespace matview::test;

TEST_CASE("a program serves the same commands as a provider of ours") {
  const ExternalBox box;
  box.must("sq", {"create", "numbers", "--query", "SELECT 1 AS a UNION ALL SELECT 2", "--tag", "t", "--with-data"});
  box.must("sq", {"create", "over", "--query", "SELECT a * 10 AS b FROM numbers"});
  CHECK(box.must("sq", {"list", "-o", "name"}).out == "numbers\nover\n");
  CHECK(box.must("sq", {"list", "--tag", "t", "-o", "name"}).out == "numbers\n");

  const auto jobs = box.json("sq", {"refresh", "over+"}).at("jobs");
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].at("state") == "succeeded");
  CHECK(jobs[0].at("provider") == "sqlite");
  CHECK(jobs[0].at("profile") == "sq");
  CHECK(jobs[0].at("rows_total") == 2);

  const auto view = box.json("sq", {"show", "over"}).at("views")[0];
  CHECK(view.at("depends_on") == Json::array({"numbers"}));
  CHECK(view.at("freshness") == "fresh");
  CHECK(view.at("columns")[0].at("name") == "b");
  CHECK(box.must("sq", {"query", "SELECT b FROM over ORDER BY b", "-o", "csv"}).out == "b\n10\n20\n");
  CHECK(box.must("sq", {"verify", "--all"}).exit_code == 0);
  CHECK(box.json("sq", {"history", "over"}).at("jobs").size() == 1);
  CHECK(box.must("sq", {"doctor"}).exit_code == 0);

  CHECK(box.run_in("sq", {"drop", "numbers", "--yes"}).exit_code == 10);
  box.must("sq", {"drop", "over", "--yes"});
  CHECK(box.run_in("sq", {"show", "over"}).exit_code == 6);
}

TEST_CASE("a dry run asks the program for its plan and changes nothing") {
  const ExternalBox box;
  const auto plan = box.json("sq", {"create", "x", "--query", "SELECT 1 AS a", "--dry-run"}).at("plans")[0];
  CHECK(plan.at("operation") == "create");
  CHECK(plan.at("view") == "x");
  CHECK(plan.at("sql") == "SELECT 1 AS a");
  CHECK(box.must("sq", {"list", "-o", "name"}).out.empty());
}

TEST_CASE("errors of a program have the exit codes of theirs") {
  const ExternalBox box;
  const auto missing = box.run_in("sq", {"refresh", "nothing"});
  CHECK(missing.exit_code == 6);
  CHECK(says(missing.err, "there is no view 'nothing'"));
  CHECK(box.run_in("sq", {"create", "x", "--query", "SELECT y"}).exit_code == 2);
  CHECK(box.run_in("sq", {"gc"}).exit_code == 9);
}

TEST_CASE("a SIGINT stops the program's work in good order") {
  const ExternalBox box;
  box.must("sq", {"create", "endless", "--query",
                  "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x % 1000 + 1 FROM n) SELECT sum(x) AS s FROM n"});
  Process process(box.in("sq", {"refresh", "endless", "--progress", "plain"}));
  REQUIRE(process.wait_for("reading"));
  process.signal(2);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  const auto jobs = box.json("sq", {"history", "endless"}).at("jobs");
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].at("state") == "cancelled");
}

TEST_CASE("--timeout ends the program's work") {
  const ExternalBox box;
  box.must("sq", {"create", "endless", "--query",
                  "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x % 1000 + 1 FROM n) SELECT sum(x) AS s FROM n"});
  const auto outcome = box.run_in("sq", {"refresh", "endless", "--timeout", "700ms"});
  CHECK(outcome.exit_code == 8);
}

TEST_CASE("options of a program are understood, helped with and checked as ours are") {
  const ExternalBox box;
  const auto help = box.must("queue", {"refresh", "--help"});
  CHECK(says(help.out, "Options of queue:"));
  CHECK(says(help.out, "--colour NAME"));
  CHECK(says(box.must("sq", {"help", "refresh", "-P", "queue"}).out, "--colour NAME"));
  CHECK_FALSE(says(box.must("sq", {"refresh", "--help"}).out, "--colour"));

  box.must("queue", {"create", "v", "--query", "q"});
  CHECK(box.run_in("queue", {"refresh", "v", "--colour", "green"}).exit_code == 2);
  const auto typo = box.run_in("queue", {"refresh", "v", "--color-of", "red"});
  CHECK(typo.exit_code == 2);
  const auto elsewhere = box.run_in("sq", {"refresh", "v", "-P", "local", "--colour", "red"});
  CHECK(elsewhere.exit_code == 2);
  // A view of another profile than the one in use.
  box.must("local", {"refresh", "queue:v", "--polls", "1"});
}

TEST_CASE("an unknown key of the profile is an error that names the nearest") {
  const ExternalBox box;
  const auto outcome = box.run_in("sq", {"list"}, {{"MATVIEW_PROFILES_SQ_DATABAS", "x"}});
  CHECK(outcome.exit_code == 2);
  CHECK(says(outcome.err, "unknown key 'databas' of provider 'sqlite'"));
  CHECK(says(outcome.err, "did you mean 'database'?"));
}

TEST_CASE("a profile of a program can be made of environment alone") {
  const ExternalBox box;
  const auto file = (box.directory().path() / "other.db").string();
  const std::map<std::string, std::string> variables{{"MATVIEW_PROFILES_CI_PROVIDER", "sqlite"},
                                                     {"MATVIEW_PROFILES_CI_DATABASE", file}};
  box.must("ci", {"create", "x", "--query", "SELECT 1 AS a"}, variables);
  CHECK(std::filesystem::exists(file));
}

TEST_CASE("a provider that is nowhere is an error that says what program was looked for") {
  const ExternalBox box;
  box.configure("[profiles.x]\nprovider = \"nowhere\"\n");
  const auto outcome = box.run_in("x", {"list"});
  CHECK(outcome.exit_code == 2);
  CHECK(says(outcome.err, "there is no provider 'nowhere'"));
  CHECK(says(outcome.err, "matview-provider-nowhere"));
}

TEST_CASE("a project file cannot start a program, nor send it anything") {
  const ExternalBox box;
  std::ofstream(box.work() / "matview.toml") << "[profiles.evil]\nprovider = \"sqlite\"\n";
  const auto defined = box.run_in("sq", {"list"});
  CHECK(defined.exit_code == 2);
  CHECK(says(defined.err, "may not be set in a project file"));
  std::ofstream(box.work() / "matview.toml") << "[profiles.sq]\ntimezone = \"UTC\"\n";
  const auto sent = box.run_in("sq", {"list"});
  CHECK(sent.exit_code == 2);
  CHECK(says(sent.err, "may not be set in a project file"));
  // A profile that is called as a program is takes no provider from that.
  std::ofstream(box.work() / "matview.toml") << "default_profile = \"queue2\"\n[profiles.queue2]\nthreads = 2\n";
  CHECK(box.run_in("local", {"list"}).exit_code == 2);
}

TEST_CASE("programs are taken from absolute folders of PATH only, and none is started before it is needed") {
  const ExternalBox box;
  const auto mark = box.directory().path() / "started";
  const auto program = box.work() / "matview-provider-here";
  std::ofstream(program) << "#!/bin/sh\ntouch '" << mark.string() << "'\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  box.configure("[profiles.h]\nprovider = \"here\"\n");
  const auto relative = box.run_in("h", {"list"}, {{"PATH", ".:/usr/bin:/bin"}});
  CHECK(relative.exit_code == 2);
  CHECK(says(relative.err, "there is no provider 'here'"));
  const auto path = box.work().string() + ":/usr/bin:/bin";
  for (const auto& words : {std::vector<std::string>{"completion", "bash"}, {"version"}, {"help"}, {"profile", "list"}})
    CHECK(box.run_in("h", words, {{"PATH", path}}).exit_code == 0);
  CHECK(box.run_in("local", {"list"}, {{"PATH", path}}).exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(mark));
  CHECK(box.run_in("h", {"list"}, {{"PATH", path}}).exit_code == 1);
  CHECK(std::filesystem::exists(mark));
}

TEST_CASE("the example of the manual works as it stands there") {
  const ExternalBox box;
  const auto manual = read_file(MATVIEW_PROVIDER_MANUAL);
  const auto begin = manual.find("#!/usr/bin/python3");
  REQUIRE(begin != std::string::npos);
  const auto program = box.directory().write("bin/matview-provider-folder",
                                             manual.substr(begin, manual.find("\n.Ed", begin) - begin + 1));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  box.directory().write("files/b.csv", "");
  box.directory().write("files/a.csv", "");
  box.configure("[profiles.f]\nprovider = \"folder\"\nfolder = \"" + (box.directory().path() / "files").string() +
                "\"\n");
  const auto outcome =
      box.run_in("f", {"list", "-o", "name"}, {{"PATH", program.parent_path().string() + ":/usr/bin:/bin"}});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(outcome.out == "a.csv\nb.csv\n");
}
