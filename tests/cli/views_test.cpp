#include "memory_box.hpp"
#include "support/document_keys.hpp"

using namespace matview::test;

namespace {

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("create defines, list and show know it, drop removes it") {
  MemoryBox box;
  const auto created = box.must({"create", "daily", "--query", "rows", "--tag", "t"});
  CHECK(created.out == "");
  CHECK(created.err == "view 'daily' is there\n");
  CHECK(listed(box) == Strings{"daily"});
  CHECK(box.must({"show", "daily"}).out.find("rows") != std::string::npos);
  const auto dropped = box.must({"drop", "daily", "--yes"});
  CHECK(dropped.out == "");
  CHECK(dropped.err == "view 'daily' is gone\n");
  CHECK(listed(box).empty());
}

TEST_CASE("create takes its query from the command line, a file or stdin") {
  MemoryBox box;
  box.directory().write("work/q.sql", "from a file");
  box.must({"create", "a", "--query=from=the line"});
  box.must({"create", "b", "--query-file", "q.sql"});
  box.must({"create", "c", "--query-file", "-"}, "from stdin");
  const auto views = parse_json(box.must({"list", "-o", "json"}).out)["views"];
  CHECK(views[0]["definition"] == "from=the line");
  CHECK(views[1]["definition"] == "from a file");
  CHECK(views[2]["definition"] == "from stdin");
}

TEST_CASE("create --with-data fills; where that fails the view is there and the error says so") {
  MemoryBox box;
  CHECK(box.must({"create", "a", "--query", "x", "--with-data"}).err == "view 'a' is there with 3 rows\n");
  const auto failed = box.run({"create", "b", "--query", "x", "--with-data", "--fail-with", "unavailable"});
  CHECK(failed.exit_code == 7);
  CHECK(failed.err == "error: view 'b' is defined but cannot be filled: it was told to fail with --fail-with\n");
  CHECK(listed(box) == Strings{"a", "b"});
}

TEST_CASE("a taken name is a conflict unless --if-not-exists or --replace") {
  MemoryBox box;
  box.create("a");
  const auto taken = box.run({"create", "a", "--query", "y"});
  CHECK(taken.exit_code == 10);
  CHECK(taken.err ==
        "error: cannot create 'a': there is a view 'a' already\n"
        "hint: --replace changes its definition, --if-not-exists leaves it as it is\n");
  const std::string before = box.state();
  box.must({"create", "a", "--query", "y", "--if-not-exists"});
  CHECK(box.state() == before);
  box.must({"create", "a", "--query", "y", "--replace"});
  CHECK(parse_json(box.must({"show", "a", "-o", "json"}).out)["views"][0]["definition"] == "y");
}

TEST_CASE("kinds a provider does not have are unsupported") {
  MemoryBox box;
  CHECK(box.run({"create", "a", "--query", "x", "--kind", "udtf"}).exit_code == 9);
  const auto gc = box.run({"gc"});
  CHECK(gc.exit_code == 9);
  CHECK(gc.err == "error: the provider 'memory' cannot do 'gc'\nhint: these can: local\n");
}

TEST_CASE("odd names go through create, list, status, refresh, show, history, drop") {
  MemoryBox box;
  for (const std::string name : {"with space", "it's", "say \"x\"", "a.b", "Größe", "日本語", "-o"}) {
    CAPTURE(name);
    if (name == "-o") {
      CHECK(box.run({"create", "--query", "x", "--", name}).exit_code == 2);
      continue;
    }
    box.must({"create", name, "--query", "x"});
    CHECK(listed(box) == Strings{name});
    box.must({"refresh", name, "-q"});
    const auto status = parse_json(box.must({"status", name, "-o", "json"}).out);
    CHECK(status["views"][0]["name"] == name);
    box.must({"show", name});
    box.must({"history", "--", name});
    box.must({"drop", name, "-y"});
  }
}

TEST_CASE("the documents of list and status have the keys of the contract, unknown ones null") {
  MemoryBox box;
  box.create("a");
  for (const Strings& command : {Strings{"list", "-o", "json"}, Strings{"status", "-o", "json"}}) {
    const auto document = parse_json(box.must(command).out);
    CHECK(keys(document) == Strings{"schema_version", "views"});
    CHECK(document["schema_version"] == 1);
    REQUIRE(document["views"].size() == 1);
    const auto& view = document["views"][0];
    CHECK(keys(view) == k_view_keys);
    CHECK(view["profile"] == "mem");
    CHECK(view["provider"] == "memory");
    CHECK(view["freshness"] == "empty");
    CHECK(view["version"].is_null());
    CHECK(view["rows"].is_null());
    CHECK(view["refreshed_at"].is_null());
    CHECK(view["schedule"].is_null());
    CHECK(view["last_job"].is_null());
    CHECK(view["sources"].is_array());
    CHECK(view["created_at"].get<std::string>().back() == 'Z');
  }
}

TEST_CASE("the documents of refresh, history and status --job have the keys of the contract") {
  MemoryBox box;
  box.create("a");
  const auto refresh = parse_json(box.must({"refresh", "a", "-o", "json"}).out);
  CHECK(keys(refresh) == Strings{"schema_version", "jobs"});
  CHECK(keys(refresh["jobs"][0]) == k_job_keys);
  const std::string id = refresh["jobs"][0]["id"];
  const auto history = parse_json(box.must({"history", "a", "-o", "json"}).out);
  CHECK(keys(history["jobs"][0]) == k_job_keys);
  CHECK(history["jobs"][0] == refresh["jobs"][0]);
  const auto job = parse_json(box.must({"status", "--job", id, "-o", "json"}).out);
  CHECK(job["jobs"][0] == refresh["jobs"][0]);
}

TEST_CASE("an empty list is a header, an empty document, or nothing") {
  MemoryBox box;
  CHECK(box.must({"list", "-o", "name"}).out == "");
  CHECK(box.must({"list", "-o", "csv", "--fields", "name,rows"}).out == "name,rows\n");
  CHECK(parse_json(box.must({"list", "-o", "json"}).out)["views"].empty());
}

TEST_CASE("--fields picks and orders, csv and table alike") {
  MemoryBox box;
  box.create("b");
  box.create("a");
  box.must({"refresh", "b", "-q"});
  CHECK(box.must({"list", "-o", "csv", "--fields", "rows,name"}).out == "rows,name\n,a\n3,b\n");
  CHECK(box.must({"list", "--fields", "name,freshness"}).out == "NAME  FRESHNESS\na     empty\nb     fresh\n");
}

TEST_CASE("status --exit-code is DIFFERS when a view is stale or empty, and only then") {
  MemoryBox box;
  box.create("a");
  CHECK(box.run({"status", "--exit-code", "-q"}).exit_code == 5);
  CHECK(box.run({"status"}).exit_code == 0);
  box.must({"refresh", "a", "-q"});
  CHECK(box.run({"status", "--exit-code"}).exit_code == 0);
  box.create("a", {"--replace"});
  const auto stale = box.run({"status", "a", "--exit-code", "-o", "json"});
  CHECK(stale.exit_code == 5);
  CHECK(stale.err == "");
  CHECK(parse_json(stale.out)["views"][0]["freshness"] == "stale");
}

TEST_CASE("query prints rows as table, csv, json and jsonl, also of an old version") {
  MemoryBox box;
  box.create("a", {"--rows", "2"});
  box.must({"refresh", "a", "-q"});
  box.create("a", {"--replace", "--rows", "1"});
  box.must({"refresh", "a", "-q"});
  CHECK(box.must({"query", "a", "-o", "csv"}).out == "id,label\n1,row 1\n");
  CHECK(box.must({"query", "a", "--version", "1", "-o", "csv"}).out == "id,label\n1,row 1\n2,row 2\n");
  CHECK(box.must({"query", "--query-file", "-", "-o", "jsonl"}, "a").out == "{\"id\":1,\"label\":\"row 1\"}\n");
  const auto document = parse_json(box.must({"query", "a", "-o", "json"}).out);
  CHECK(keys(document) == Strings{"schema_version", "columns", "rows"});
  CHECK(box.run({"query", "a", "--version", "9"}).exit_code == 6);
}

TEST_CASE("verify succeeds on equal rows and fails, saying how many, on others") {
  MemoryBox box;
  box.create("a");
  box.must({"refresh", "a", "-q"});
  box.must({"verify", "a"});
  box.create("a", {"--replace", "--rows", "9"});
  const auto different = box.run({"verify", "--all", "-o", "json"});
  CHECK(different.exit_code == 1);
  CHECK(parse_json(different.err)["error"]["message"] == "view 'a' does not hold the rows of its query");
  CHECK(parse_json(different.out)["schema_version"] == 1);
}

TEST_CASE("list --all-profiles lists every profile and goes on past one that fails") {
  MemoryBox box;
  box.create("a");
  CHECK(box.must({"list", "--all-profiles", "-o", "csv", "--fields", "profile,name"}).out == "profile,name\nmem,a\n");
  box.directory().write("bad.json", "not json");
  box.configure("default_profile = \"mem\"\n[profiles.mem]\nprovider = \"memory\"\nstate_file = \"" +
                box.state_file().string() + "\"\n[profiles.bad]\nprovider = \"memory\"\nstate_file = \"" +
                (box.directory().path() / "bad.json").string() + "\"\n");
  const auto outcome = box.run({"list", "--all-profiles", "-o", "csv", "--fields", "profile,name"});
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.out == "profile,name\nmem,a\n");
  CHECK(outcome.err.find("bad.json") != std::string::npos);
}

TEST_CASE("names may carry their profile") {
  MemoryBox box;
  box.must({"create", "mem:a", "--query", "x", "-q"});
  CHECK(listed(box) == Strings{"a"});
  box.must({"refresh", "mem:a", "-q"});
  box.must({"drop", "mem:a", "-y", "-q"});
  CHECK(box.run({"create", ":a", "--query", "x"}).exit_code == 2);
  CHECK(box.run({"show", "mem:"}).exit_code == 2);
}

TEST_CASE("drop needs --yes where nobody can be asked, and a view that is read stays") {
  MemoryBox box;
  box.create("base");
  box.create("over", {"--upstream", "base"});
  const auto asked = box.run({"drop", "over"});
  CHECK(asked.exit_code == 2);
  CHECK(asked.err == "error: dropping 'over' needs --yes where nobody can be asked\n");
  const auto read = box.run({"drop", "base", "-y"});
  CHECK(read.exit_code == 10);
  CHECK(read.err == "error: cannot drop 'base': view 'base' is read by over\nhint: drop those first\n");
  CHECK(box.run({"drop", "nothing", "-y"}).exit_code == 6);
  box.must({"drop", "nothing", "-y", "--if-exists"});
  CHECK(listed(box) == Strings{"base", "over"});
  const auto document = parse_json(box.must({"drop", "over", "-y", "-o", "json"}).out);
  CHECK(document["dropped"] == Json::array({"over"}));
}

TEST_CASE("options of every command may stand before or after the command") {
  MemoryBox box;
  box.create("a");
  CHECK(box.must({"-o", "name", "list"}).out == "a\n");
  CHECK(box.must({"list", "-o", "name"}).out == "a\n");
  CHECK(box.must({"-P", "mem", "-oname", "list"}).out == "a\n");
  CHECK(box.must({"list", "--output=name", "-qv", "--profile", "mem"}).out == "");
}
