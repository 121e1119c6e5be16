#include <set>
#include <sstream>

#include "memory_box.hpp"

using namespace matview::test;

namespace {

/// A box with a store of the local engine as the profile `local`, and a memory profile in use.
class ViewsBox : public MemoryBox {
 public:
  void views(const std::string& text) const { directory().write("work/v.toml", text); }

  Json diff(std::vector<std::string> more = {}, int code = 0) const {
    std::vector<std::string> arguments{"diff", "-f", "v.toml", "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = run(arguments);
    CHECK_MESSAGE(outcome.exit_code == code, outcome.err);
    return parse_json(outcome.out);
  }

  /// "create a, unchanged b": what a diff says, in its order.
  std::string actions(std::vector<std::string> more = {}) const {
    std::string text;
    const auto document = diff(std::move(more));
    for (const auto& change : document["changes"])
      text +=
          (text.empty() ? "" : ", ") + change["action"].get<std::string>() + " " + change["view"].get<std::string>();
    return text;
  }

  Outcome apply(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"apply", "-f", "v.toml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  void must_apply(std::vector<std::string> more = {}) const {
    const auto outcome = apply(std::move(more));
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
  }
};

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("apply creates what is not there, upstream first, and then there is nothing to do") {
  ViewsBox box;
  box.views(
      "[views.a_reader]\nquery = 'x'\nupstream = ['base']\ndepends_on = ['base']\n[views.base]\nquery = 'y'\n"
      "tags = ['t']\n");
  CHECK(box.actions() == "create base, create a_reader");
  CHECK(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 5);
  CHECK(listed(box).empty());
  const auto applied = box.apply();
  CHECK(applied.exit_code == 0);
  CHECK(applied.out ==
        "NAME      ACTION  STATE    REASON\n"
        "base      create  applied  it is not there yet\n"
        "a_reader  create  applied  it is not there yet\n");
  CHECK(applied.err == "");
  CHECK(box.actions() == "unchanged base, unchanged a_reader");
  const auto again = box.apply();
  CHECK(again.exit_code == 0);
  CHECK(again.out == "");
  CHECK(again.err == "nothing to do: 2 views are as the file has them\n");
  CHECK(box.apply({"--quiet"}).err == "");
  CHECK(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 0);
}

TEST_CASE("diff tells what differs, the query line by line") {
  ViewsBox box;
  box.views("[views.a]\nquery = '''\none\ntwo\nthree\n'''\ntags = ['s', 't']\nrows = 5\ndelay = 1\n");
  box.must_apply();
  box.views("[views.a]\nquery = '''\none\n2\nthree'''\ntags = ['t', 's']\nrows = 5\ndelay = 2\n");
  const auto told = box.run({"diff", "-f", "v.toml"});
  CHECK(told.out ==
        "~ replace a: query, delay\n"
        "    its rows are those of the old definition until the next refresh\n"
        "    delay: 1 -> 2\n"
        "    @@ -1,3 +1,3 @@\n"
        "     one\n"
        "    -two\n"
        "    +2\n"
        "     three\n"
        "1 to replace\n");
  CHECK(says(box.run({"diff", "-f", "v.toml", "--color", "always"}).out, "\x1b[32m+2\x1b[0m"));
  const auto change = box.diff()["changes"][0];
  CHECK(change["action"] == "replace");
  CHECK(change["fields"][0]["key"] == "query");
  CHECK(change["fields"][1]["before"] == Json{"1"});
  CHECK(change["fields"][1]["after"] == Json{"2"});
  CHECK(change["diff"] == "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n");
  CHECK(box.diff()["summary"]["replace"] == 1);
  CHECK(says(box.run({"diff", "-f", "v.toml", "-o", "csv"}).out, "replace,a,mem,memory"));
  CHECK(box.run({"diff", "-f", "v.toml", "-o", "name"}).out == "a\n");
}

TEST_CASE("what leaves the rows alone is a change, another definition a replacement") {
  ViewsBox box;
  box.views("[views.a]\nquery = 'x'\n");
  box.must_apply();
  box.views("[views.a]\nquery = 'x'\ndelay = 3\ntags = ['t']\n");
  CHECK(box.actions() == "change a");
  box.views("[views.a]\nquery = 'x'\nrows = 4\n");
  CHECK(box.actions() == "replace a");
  box.must_apply();
  CHECK(box.actions() == "unchanged a");
}

TEST_CASE("views that are not in the file stay, unless --prune is given and somebody agrees") {
  ViewsBox box;
  for (const std::string name : {"keep", "tmp_1", "tmp_2"}) box.create(name);
  box.create("tmp_reader", {"--upstream", "tmp_1"});
  box.views("[views.keep]\nquery = 'rows'\n");
  CHECK(box.actions() == "unchanged keep");
  box.must_apply();
  CHECK(box.actions({"--prune"}) == "unchanged keep, drop tmp_reader, drop tmp_2, drop tmp_1");
  const std::string before = box.state();
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--prune"}, {"--prune", "--yes"}, {"--prune", "--allow-drop", "tmp_?"}}) {
    const auto refused = box.apply(more);
    CHECK(refused.exit_code == 2);
    CHECK(says(refused.err, "error: nobody has agreed to drop 'tmp_reader'"));
    CHECK(says(refused.err, "--allow-drop GLOB"));
    CHECK(box.state() == before);
  }
  box.must_apply({"--prune", "--allow-drop", "tmp_*"});
  CHECK(listed(box) == std::vector<std::string>{"keep"});
}

TEST_CASE("an empty file prunes nothing, and neither do profiles it does not name") {
  ViewsBox box;
  box.create("a");
  box.views("");
  CHECK(box.actions({"--prune"}) == "");
  box.views("[views.\"local:x\"]\nquery = 'SELECT 1'\n");
  CHECK(box.actions({"--prune"}) == "create x");
}

TEST_CASE("selectors narrow what is compared, applied and pruned") {
  ViewsBox box;
  box.create("old_1");
  box.create("other");
  box.views("[views.sales_a]\nquery = 'x'\n[views.sales_b]\nquery = 'x'\n[views.c]\nquery = 'x'\n");
  CHECK(box.actions({"sales_*"}) == "create sales_a, create sales_b");
  CHECK(box.actions({"mem:c"}) == "create c");
  CHECK(box.actions({"c", "old_*", "--prune"}) == "create c, drop old_1");
  const auto none = box.run({"diff", "-f", "v.toml", "salse_*"});
  CHECK(none.exit_code == 6);
  CHECK(none.err == "error: no view of the file matches 'salse_*'\n");
  box.must_apply({"c"});
  CHECK(listed(box) == std::vector<std::string>{"c", "old_1", "other"});
}

TEST_CASE("a plan that was saved is carried out as it was seen") {
  ViewsBox box;
  box.create("old");
  box.views("[views.a]\nquery = 'x'\n");
  box.diff({"--prune", "--out", "plan.json"});
  const auto plan = parse_json(read_file(box.work() / "plan.json"));
  CHECK(plan["schema_version"] == 1);
  CHECK(plan["changes"].size() == 2);
  const auto refused = box.run({"apply", "plan.json"});
  CHECK(refused.exit_code == 2);
  CHECK(box.run({"apply", "plan.json", "--prune"}).exit_code == 2);
  CHECK(box.run({"apply", "plan.json", "--allow-drop", "old"}).exit_code == 0);
  CHECK(listed(box) == std::vector<std::string>{"a"});
}

TEST_CASE("a plan is refused once either side has changed") {
  ViewsBox box;
  const auto refused_because = [&](std::string_view why) {
    const std::string before = box.state();
    const auto refused = box.run({"apply", "plan.json", "--allow-drop", "*"});
    CHECK(refused.exit_code == 10);
    CHECK_MESSAGE(says(refused.err, why), refused.err);
    CHECK(box.state() == before);
  };
  box.create("b");
  const std::string file = "[views.a]\nquery = 'x'\n[views.b]\nquery = 'y'\n";
  box.views(file);
  box.diff({"--out", "plan.json"});
  box.views(file + "tags = ['t']\n");
  refused_because("view 'mem:b' has changed in the file since");
  box.views(file + "[views.c]\nquery = 'x'\n");
  refused_because("view 'mem:c' is not in it");
  box.views("[views.a]\nquery = 'x'\n");
  refused_because("view 'mem:b' is no longer there");
  box.views(file);
  box.must({"create", "b", "--query", "z", "--replace"});
  refused_because("view 'mem:b' has changed at the backend since");
  box.must({"create", "b", "--query", "rows", "--replace"});
  box.create("a");
  refused_because("view 'mem:a' has changed at the backend since");
  box.must({"drop", "a", "--yes"});
  CHECK(box.run({"apply", "plan.json"}).exit_code == 0);
}

TEST_CASE("what is no plan is told to be none") {
  ViewsBox box;
  box.directory().write("work/odd.json", "{\"kind\":\"matview plan\",\"schema_version\":2}");
  box.directory().write("work/other.json", "{\"schema_version\":1}");
  for (const auto& [file, why] : {std::pair<std::string, std::string>{"none.json", "there is no such file"},
                                  {"odd.json", "it was written by another version of matview"},
                                  {"other.json", "it is another document"}}) {
    const auto outcome = box.run({"apply", file});
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome.err, "is no saved plan: " + why));
  }
}

TEST_CASE("one that fails leaves the others to go on, but for what depends on it") {
  ViewsBox box;
  box.create("old");
  box.views(
      "[views.bad]\nquery = 'x'\nupstream = ['nowhere']\n[views.good]\nquery = 'x'\n[views.reader]\nquery = 'x'\n"
      "upstream = ['bad']\ndepends_on = ['bad']\n");
  const auto outcome = box.apply({"--prune", "--allow-drop", "old"});
  CHECK(outcome.exit_code == 3);
  CHECK(says(outcome.err, "error: cannot create 'bad': there is no view 'nowhere' to read from\n"));
  CHECK(says(outcome.out, "good    create  applied"));
  CHECK(says(outcome.out, "reader  create  skipped  'bad' failed"));
  CHECK(says(outcome.out, "old     drop    skipped  another change failed: nothing is dropped then"));
  CHECK(listed(box) == std::vector<std::string>{"good", "old"});
  const auto json = box.apply({"-o", "json"});
  CHECK(json.exit_code == 3);
  const auto document = parse_json(json.out);
  CHECK(document["schema_version"] == 1);
  CHECK(document["changes"][0]["state"] == "unchanged");
  CHECK(parse_json(json.err)["error"]["code"] == "PARTIAL");
  const auto lines = box.apply({"-o", "jsonl"}).out;
  CHECK(says(lines, "\"event\":\"start\""));
  CHECK(says(lines, "\"event\":\"summary\",\"operation\":\"apply\""));
}

TEST_CASE("what reads from a view that nothing names as its upstream is tried again after it") {
  ViewsBox box;
  // The query does not mention the other view, and neither does depends_on.
  box.views("[views.a]\nquery = 'x'\nupstream = ['z']\n[views.z]\nquery = 'x'\n");
  box.must_apply();
  CHECK(box.actions() == "unchanged a, unchanged z");
}

TEST_CASE("a dry run of apply does nothing") {
  ViewsBox box;
  box.create("old");
  box.views("[views.a]\nquery = 'x'\n");
  const std::string before = box.state();
  const auto outcome = box.apply({"--dry-run", "--prune"});
  CHECK(outcome.exit_code == 0);
  CHECK(says(outcome.out, "would create 'a'"));
  CHECK(says(outcome.out, "would drop 'old'"));
  CHECK(box.state() == before);
}

TEST_CASE("apply needs a file or a plan, and diff a file") {
  ViewsBox box;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"apply"}, {"apply", "a", "b"}, {"diff"}, {"diff", "a"}, {"validate"}}) {
    const auto outcome = box.run(words);
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome.err, "--file matview.toml"));
  }
}

TEST_CASE("every error of a views file is told, and nothing is done") {
  ViewsBox box;
  box.views("[views.a]\nqery = 'x'\n[views.b]\nquery = 'x'\n[views.c]\nrows = 'x'\nkind = 'udf'\n");
  for (const std::string command : {"diff", "apply", "validate"}) {
    const auto outcome = box.run({command, "-f", "v.toml"});
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome.err, "v.toml:2: unknown key 'qery' in view 'a'\nhint: did you mean 'query'?\n"));
    CHECK(says(outcome.err, "v.toml:7: key 'views.c.kind' must be one of query, udtf, chunker, not 'udf'"));
  }
  CHECK(listed(box).empty());
}

TEST_CASE("validate needs no backend") {
  ViewsBox box;
  box.configure(
      "[profiles.dune]\nprovider = \"dune\"\nurl = \"https://nowhere.invalid\"\n[profiles.lance]\nprovider = "
      "\"lance\"\nurl = \"https://nowhere.invalid\"\n");
  box.views(
      "[views.\"dune:result_a\"]\nquery = 'SELECT 1 AS x'\nschedule = '0 * * * *'\n[views.a]\nquery = 'SELECT 1'\n"
      "[views.\"lance:x\"]\nquery = '{}'\noutput_schema = 'id int64'\n");
  const auto good = box.run({"validate", "-f", "v.toml"});
  CHECK_MESSAGE(good.exit_code == 0, good.err);
  CHECK(says(good.err, "3 views, nothing wrong"));
  box.views(
      "[views.\"dune:daily\"]\nquery = 'SELECT 1 AS x'\n[views.\"dune:result_b\"]\nquery = 'SELECT {{p}}'\n"
      "[views.\"a/b\"]\nquery = 'x'\n[views.\"lance:y\"]\nquery = '{}'\n");
  const auto bad = box.run({"validate", "-f", "v.toml", "-o", "json"});
  CHECK(bad.exit_code == 2);
  const auto document = parse_json(bad.out);
  CHECK(document["valid"] == false);
  CHECK(document["errors"].size() == 4);
  CHECK(says(document["errors"][1]["message"], "the query has the parameter {{p}}"));
  CHECK_FALSE(std::filesystem::exists(box.home() / ".local"));
}

TEST_CASE("views that are there are written as a views file, which then changes nothing") {
  ViewsBox box;
  const std::vector<std::string> names{"plain", "with space", "it's \"so\"", "a.b", "Größe", "日本語", "[x"};
  const std::vector<std::string> queries{"one line",
                                         "several\nlines\n",
                                         "quotes \" ' \"\"\" '''\nand \\ backslashes \\n",
                                         "ends with '''\n'",
                                         "\ttabs\r\nand carriage returns\r\n",
                                         "\n\nblank lines around\n\n",
                                         "{{ braces }} # no comment = true"};
  for (std::size_t i = 0; i + 1 < names.size(); ++i)
    box.must(
        {"create", names[i], "--query", queries[i], "--tag", "t'\"\\", "--tag", "é", "--rows", "7", "--delay", "0"});
  box.must({"create", "last", "--query", queries.back(), "--upstream", "plain", "--upstream", "a.b"});
  const auto written = box.must({"list", "-o", "toml"}).out;
  box.views(written);
  CHECK_MESSAGE(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 0, written);
  const auto exact = parse_json(box.must({"list", "-o", "json"}).out)["views"];
  box.must({"drop", "last", "--yes"});
  for (std::size_t i = 0; i + 1 < names.size(); ++i) box.must({"drop", names[i], "--yes"});
  box.must_apply();
  const auto again = parse_json(box.must({"list", "-o", "json"}).out)["views"];
  REQUIRE(again.size() == exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i)
    for (const char* key : {"name", "definition", "tags", "depends_on"}) CHECK(again[i][key] == exact[i][key]);
  CHECK(box.must({"list", "-o", "toml"}).out == written);
  CHECK(says(box.must({"show", "a.b", "-o", "toml"}).out, "[views.\"a.b\"]\nprofile = \"mem\"\n"));
  CHECK(box.run({"status", "-o", "toml"}).exit_code == 2);
}

TEST_CASE("local: views over files and over each other come from a file beside the data, whole options included") {
  Sandbox box;
  box.directory().write("work/etl/data/d.csv", "id,v\n1,a\n2,b\n3,b\n");
  box.directory().write("work/etl/v.toml", R"([views.daily]
query_file = "daily.sql"
tags = ["nightly"]
with_data = true
retain = 3
refresh_mode = "incremental"

[views."0 top"]
query = "SELECT max(n) AS n FROM daily"
keep_sources = "off"
retain_for = "120m"
)");
  box.directory().write("work/etl/daily.sql", "SELECT v, count(*) AS n FROM 'data/d.csv' GROUP BY v\n");
  const auto applied = box.run({"apply", "-f", "etl/v.toml"});
  REQUIRE_MESSAGE(applied.exit_code == 0, applied.err);
  CHECK(box.run({"query", "SELECT count(*) AS c FROM daily", "-o", "csv"}).out == "c\n2\n");
  CHECK(box.run({"diff", "-f", "etl/v.toml", "--exit-code"}).exit_code == 0);
  const auto written = box.run({"list", "-o", "toml"});
  box.directory().write("work/all.toml", written.out);
  CHECK_MESSAGE(box.run({"diff", "-f", "all.toml", "--exit-code", "--prune"}).exit_code == 0, written.out);

  box.directory().write("work/etl/daily.sql", "SELECT v, count(*) AS n FROM 'data/d.csv' WHERE id > 1 GROUP BY v\n");
  const auto changed = parse_json(box.run({"diff", "-f", "etl/v.toml", "-o", "json"}).out)["changes"];
  CHECK(changed[0]["view"] == "daily");
  CHECK(changed[0]["action"] == "replace");
  CHECK(changed[1]["action"] == "unchanged");
  CHECK(box.run({"apply", "-f", "etl/v.toml"}).exit_code == 0);
  CHECK(box.run({"query", "SELECT count(*) AS c FROM daily", "-o", "csv"}).out == "c\n1\n");
}

TEST_CASE("local: a schedule, auto refresh and tags change without touching the rows") {
  Sandbox box;
  box.directory().write("work/d.csv", "id\n1\n2\n");
  const std::string view = "[views.daily]\nquery = \"SELECT id FROM 'd.csv'\"\nwith_data = true\n";
  box.directory().write("work/v.toml", view + "schedule = \"30  2 * * mon-fri\"\n");
  REQUIRE(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  CHECK(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 0);
  box.directory().write("work/all.toml", box.run({"list", "-o", "toml"}).out);
  CHECK(box.run({"diff", "-f", "all.toml", "--exit-code"}).exit_code == 0);
  box.directory().write("work/v.toml", view + "auto_refresh = true\ntags = [\"live\"]\nretain = 3\n");
  const auto told = box.run({"diff", "-f", "v.toml"}).out;
  CHECK(says(told, "~ change daily: tags, auto_refresh, retain, schedule"));
  REQUIRE(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  CHECK(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 0);
  const auto after = parse_json(box.run({"status", "daily", "-o", "json"}).out)["views"][0];
  CHECK(after["freshness"] == "fresh");
  CHECK(after["version"] == 1);
  CHECK(after["schedule"].is_null());
  CHECK(after["auto_refresh"] == true);
}

TEST_CASE("local: a view of a program is written with all of its options and reads back the same") {
  Sandbox box;
  box.directory().write("work/d.csv", "id,body,\"odd, name\"\n1,x y,1\n");
  box.directory().write("work/split.py", "import sys\nfor line in sys.stdin: pass\n");
  const auto made = box.run({"create",
                             "chunks",
                             "--kind",
                             "chunker",
                             "--query",
                             "SELECT * FROM 'd.csv'",
                             "--udtf-command",
                             R"(["python3","split.py","--size","512"])",
                             "--output-schema",
                             "chunk VARCHAR NOT NULL, n INT",
                             "--udtf-input-columns",
                             "body,\"odd, name\"",
                             "--udtf-version",
                             "7",
                             "--udtf-memory",
                             "1GiB",
                             "--udtf-timeout",
                             "90s",
                             "--udtf-error-handling",
                             "skip_rows:3",
                             "--udtf-num-cpus",
                             "0.5",
                             "--concurrency",
                             "2",
                             "--source-task-size",
                             "10",
                             "--output-limit",
                             "99"});
  REQUIRE_MESSAGE(made.exit_code == 0, made.err);
  const auto written = box.run({"show", "chunks", "-o", "toml"}).out;
  box.directory().write("work/v.toml", written);
  const auto same = box.run({"diff", "-f", "v.toml", "--exit-code"});
  CHECK_MESSAGE(same.exit_code == 0, written << same.out << same.err);
  // The same by other words.
  box.directory().write("work/v.toml", R"([views.chunks]
kind = "chunker"
query = "SELECT * FROM 'd.csv'"
udtf_command = ["python3", "split.py", "--size", "512"]
output_schema = "chunk VARCHAR NOT NULL, n INTEGER"
udtf_input_columns = ["body", "odd, name"]
udtf_version = "7"
udtf_memory = "1024MiB"
udtf_timeout = "1m30s"
udtf_error_handling = "skip_rows:3"
udtf_num_cpus = 0.5
concurrency = 2
source_task_size = 10
output_limit = 99
)");
  const auto words = box.run({"diff", "-f", "v.toml", "--exit-code"});
  CHECK_MESSAGE(words.exit_code == 0, words.out << words.err);
}

TEST_CASE("local: an apply that is killed at whatever step is finished by the next") {
  std::string file;
  for (int i = 0; i < 3; ++i)
    file += "[views.v" + std::to_string(i) + "]\nquery = 'SELECT " + std::to_string(i) + " AS x'\nwith_data = true\n";
  const auto start = [&](const Sandbox& box) {
    box.directory().write("work/v.toml", file);
    REQUIRE(box.run({"apply", "-f", "v.toml", "v0"}).exit_code == 0);
  };
  std::set<std::string> steps;
  {
    const Sandbox box;
    start(box);
    auto command = box.command({"apply", "-f", "v.toml"});
    command.environment["MATVIEW_FAILPOINT_TRACE"] = (box.work() / "trace").string();
    REQUIRE(run(command).exit_code == 0);
    std::istringstream lines(read_file(box.work() / "trace"));
    for (std::string line; std::getline(lines, line);) steps.insert(line);
  }
  CHECK(steps.size() > 5);
  for (const auto& step : steps) {
    CAPTURE(step);
    const Sandbox box;
    start(box);
    auto command = box.command({"apply", "-f", "v.toml"});
    command.environment["MATVIEW_FAILPOINT"] = step + "=kill";
    CHECK(run(command).exit_code != 0);
    const auto applied = box.run({"apply", "-f", "v.toml"});
    CHECK_MESSAGE(applied.exit_code == 0, applied.err);
    CHECK(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 0);
    for (int i = 0; i < 3; ++i)
      CHECK(box.run({"query", "SELECT x FROM v" + std::to_string(i), "-o", "csv"}).out ==
            "x\n" + std::to_string(i) + "\n");
  }
}
