#include <fstream>

#include "lance_box.hpp"

using namespace matview::test;

TEST_CASE("lance: an address and a key in the vendor's variables are all it takes") {
  LanceBox box;
  CHECK(box.run({"list"}).exit_code == 0);
  const auto created = box.run(
      {"create", "recent", "--query", R"({"source_table":"docs"})", "--output-schema", "id int64, name utf8 not null"});
  CHECK_MESSAGE(created.exit_code == 0, created.err);
  const auto views = box.json({"list"})["views"];
  REQUIRE(views.size() == 1);
  CHECK(views[0]["name"] == "recent");
  CHECK(views[0]["kind"] == "query");
  for (const auto& request : box.fake.requests()) {
    CHECK(request.header("x-api-key") == "k3y-of-the-tests");
    CHECK_FALSE(tells(request.body, "k3y"));
  }
}

TEST_CASE("lance: every field of a create comes from its flag") {
  LanceBox box;
  std::ofstream(box.sandbox.work() / "f.json") << R"({"name":"split","version":"1","chunker_payload":"AA=="})";
  std::ofstream(box.sandbox.work() / "columns.txt") << "# of the view\n__source_row_id int64,\n\"a b\" list<utf8>\n";
  std::ofstream(box.sandbox.work() / "q.json") << R"({"source_table":"docs"})";
  const auto created = box.run({"create",
                                "chunks",
                                "--kind",
                                "scalar_udtf",
                                "--query-file",
                                "q.json",
                                "--output-schema-file",
                                "columns.txt",
                                "--udtf",
                                "f.json",
                                "--udtf-name",
                                "n",
                                "--udtf-version",
                                "2",
                                "--udtf-input-columns",
                                "body,meta.`a.b`",
                                "--udtf-num-cpus",
                                "0.5",
                                "--udtf-num-gpus",
                                "1",
                                "--udtf-memory",
                                "2GiB",
                                "--udtf-batch",
                                "--udtf-manifest",
                                R"({"name":"m","checksum":"c"})",
                                "--auto-refresh",
                                "--with-data"});
  CHECK_MESSAGE(created.exit_code == 0, created.err);
  REQUIRE(box.count("POST", k_lance_create) == 1);
  const auto body = box.fake.requests("POST", k_lance_create).front().json();
  CHECK(body["kind"] == "chunker");
  CHECK(body["with_no_data"] == false);
  CHECK(body["auto_refresh"] == true);
  const auto& udtf = body["udtf_spec"];
  CHECK(udtf["kind"] == "chunker");
  CHECK(udtf["udtf_name"] == "n");
  CHECK(udtf["udtf_version"] == "2");
  CHECK(udtf["input_columns"] == Json({"body", "meta.`a.b`"}));
  CHECK(udtf["num_cpus"] == 0.5);
  CHECK(udtf["num_gpus"] == 1);
  CHECK(udtf["memory"] == 2147483648);
  CHECK(udtf["batch"] == true);
  CHECK(udtf["manifest"] == R"({"name":"m","checksum":"c"})");
  CHECK(udtf["manifest_checksum"] == "c");
  CHECK(box.json({"show", "chunks"})["views"][0]["rows"] == 7);
}

TEST_CASE("lance: what is wrong in itself is said with what would be right, and nothing is sent") {
  LanceBox box;
  box.fake.forget();
  const auto refused = [&](std::vector<std::string> more, std::string_view part) {
    std::vector<std::string> arguments{"create", "x"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = box.run(arguments);
    CHECK_MESSAGE(outcome.exit_code == 2, outcome.err);
    CHECK_MESSAGE(tells(outcome.err, part), outcome.err);
    CHECK(tells(outcome.err, "hint: "));
  };
  refused({"--query", "{}"}, "needs its output schema");
  refused({"--query", "{}", "--output-schema", "id bigint"}, "column 4: 'bigint' is no type");
  refused({"--query", "{}", "--output-schema", "id bigint"}, "     ^");
  refused({"--output-schema", "id int64"}, "needs its source query");
  refused({"--query", "{}", "--output-schema", "id int64", "--kind", "udtf"}, "needs --udtf FILE");
  refused({"--query", "{}", "--output-schema", "id int64", "--udtf-memory", "lots"}, "no amount of memory");
  refused({"--query", "{}", "--output-schema", "id int64", "--header", "nonsense"}, "no header");
  CHECK(box.fake.requests().empty());
}

TEST_CASE("lance: a flag of another provider is a usage error that names it") {
  LanceBox box;
  const auto outcome = box.run({"refresh", "x", "--performance", "large"});
  CHECK(outcome.exit_code == 2);
  CHECK(tells(outcome.err, "dune"));
}

TEST_CASE("lance: a name that is taken, --if-not-exists, and --replace, which the API does not have") {
  LanceBox box;
  box.make("recent");
  const std::vector<std::string> again{"create", "recent", "--query", "{}", "--output-schema", "id int64"};
  const auto with = [&](const char* flag) {
    auto arguments = again;
    arguments.emplace_back(flag);
    return box.run(arguments);
  };
  const auto conflict = box.run(again);
  CHECK(conflict.exit_code == 10);
  CHECK(tells(conflict.err, "code 5 TableAlreadyExists"));
  CHECK(with("--if-not-exists").exit_code == 0);
  const auto replace = with("--replace");
  CHECK(replace.exit_code == 9);
  CHECK(tells(replace.err, "drop it and create it again"));
}

TEST_CASE("lance: names that need encoding arrive as they were meant") {
  LanceBox box;
  box.variables["MATVIEW_PROFILES_LANCE_DELIMITER"] = "~";
  for (const std::string name :
       {"a b", "v$x", "größe", "50%", "it's", "say \"hi\"", "ns~a$b c", "semi;colon&and=plus+1"}) {
    CAPTURE(name);
    const auto outcome =
        box.run({"create", "lance:" + name, "--query", R"({"source_table":"none"})", "--output-schema", "id int64"});
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(box.run({"refresh", "lance:" + name, "--quiet"}).exit_code == 0);
    CHECK(box.json({"show", "lance:" + name})["views"][0]["name"] == name);
    CHECK(box.run({"drop", "lance:" + name, "--yes"}).exit_code == 0);
  }
}

TEST_CASE("lance: the delimiter of one command is sent along") {
  LanceBox box;
  const auto made = box.run({"create", "a b.v$x", "--delimiter", ".", "--query", "{}", "--output-schema", "id int64"});
  CHECK_MESSAGE(made.exit_code == 0, made.err);
  const auto request = box.fake.requests("POST", k_lance_create).front();
  CHECK(request.path == "/v1/materialized_view/a%20b.v%24x/create");
  CHECK(request.query == "delimiter=.");
  CHECK(request.json()["id"] == Json({"a b", "v$x"}));
  const auto refreshed = box.run({"refresh", "a b.v$x", "--delimiter", "."});
  CHECK_MESSAGE(refreshed.exit_code == 0, refreshed.err);
  CHECK(box.run({"drop", "a b.v$x", "--delimiter", ".", "--yes"}).exit_code == 0);
}

TEST_CASE("lance: a list is paged, in parallel, and tells views from tables") {
  LanceBox box(Json{{"page_size", 7}});
  for (int i = 0; i < 20; ++i) box.make("view" + std::to_string(i));
  box.fake.forget();
  box.fake.fault(R"({"act":"delay","path":"describe","delay_ms":100,"times":0})");
  const auto views = box.json({"list"})["views"];
  CHECK(views.size() == 20);
  CHECK(box.count("GET", "/v1/namespace/%24/table/list") == 3);
  int most = 0;
  for (const auto& request : box.fake.requests()) most = std::max(most, request.under_way);
  CHECK(most > 10);
  box.fake.clear_faults();
  CHECK(box.json({"list", "--all-tables"})["views"].size() == 21);
}

TEST_CASE("lance: a page token that repeats ends the list with a warning") {
  LanceBox box(Json{{"repeat_token", "again"}});
  box.make("recent");
  box.fake.forget();
  const auto listed = box.run({"list"});
  CHECK(listed.exit_code == 0);
  CHECK(tells(listed.out, "recent"));
  CHECK(tells(listed.err, "repeats a page"));
  CHECK(box.count("GET", ".*list") == 2);
}

TEST_CASE("lance: the end of a list is an empty token in any of its spellings, and names may be whole paths") {
  for (const char* style : {"", "null", "next_page_token"}) {
    for (const bool full : {false, true}) {
      LanceBox box(Json{{"page_size", 1}, {"token_style", style}, {"full_names", full}});
      box.variables["MATVIEW_PROFILES_LANCE_NAMESPACE"] = "media";
      box.make("a");
      box.make("b");
      const auto listed = box.run({"list", "-o", "name"});
      CHECK_MESSAGE(listed.out == "a\nb\n", style << listed.out << listed.err);
    }
  }
}

TEST_CASE("lance: views of a namespace, of another one, and of all") {
  LanceBox box;
  box.make("media$recent");
  box.make("top");
  CHECK(box.run({"list", "-o", "name"}).out == "top\n");
  CHECK(box.run({"list", "--namespace", "media", "-o", "name"}).out == "media$recent\n");
  CHECK(box.run({"list", "--all-namespaces", "-o", "name"}).out == "media$recent\ntop\n");
  box.variables["MATVIEW_PROFILES_LANCE_NAMESPACE"] = "media";
  CHECK(box.run({"list", "-o", "name"}).out == "recent\n");
  CHECK(box.run({"refresh", "recent", "--quiet"}).exit_code == 0);
}

TEST_CASE("lance: a service without namespaces is listed all the same") {
  LanceBox box(Json{{"namespaces", false}});
  box.make("recent");
  CHECK(box.run({"list", "-o", "name"}).out == "recent\n");
}

TEST_CASE("lance: status tells fresh from stale by the source's version") {
  LanceBox box;
  box.make("recent");
  const auto freshness = [&] { return box.json({"status", "recent"})["views"][0]["freshness"]; };
  CHECK(freshness() == "empty");
  CHECK(box.run({"refresh", "recent", "--quiet"}).exit_code == 0);
  CHECK(freshness() == "fresh");
  box.fake.command(R"({"change":["docs"]})");
  CHECK(freshness() == "stale");
  CHECK(box.run({"status", "recent", "--exit-code"}).exit_code == 5);
  CHECK(box.run({"refresh", "--stale", "--quiet"}).exit_code == 0);
  CHECK(freshness() == "fresh");
}

TEST_CASE("lance: show tells versions, columns and the source, and no credentials of the storage") {
  LanceBox box;
  box.make("recent");
  CHECK(box.run({"refresh", "recent", "--quiet"}).exit_code == 0);
  const auto outcome = box.run({"show", "recent", "-o", "json"});
  const auto view = parse_json(outcome.out)["views"][0];
  CHECK(view["version"] == 2);
  CHECK(view["rows"] == 7);
  CHECK(view["sources"][0]["name"] == "docs");
  CHECK(view["columns"][0]["name"] == "__source_row_id");
  CHECK(view["definition"] == R"({"source_table":"docs"})");
  CHECK(view["versions"].size() == 2);
  CHECK_FALSE(tells(outcome.out, "SECRET"));
  CHECK_FALSE(tells(outcome.out, "SIGNED"));
}

TEST_CASE("lance: a view is dropped; a table, or what is not there, is not") {
  LanceBox box;
  box.make("recent");
  CHECK(box.run({"drop", "recent", "--yes"}).exit_code == 0);
  CHECK(box.run({"drop", "recent", "--yes"}).exit_code == 6);
  CHECK(box.run({"drop", "recent", "--yes", "--if-exists"}).exit_code == 0);
  const auto table = box.run({"drop", "docs", "--yes"});
  CHECK(table.exit_code == 10);
  CHECK(tells(table.err, "--any-table"));
  CHECK(box.count("POST", k_lance_drop) == 1);
  CHECK(box.run({"drop", "docs", "--yes", "--any-table"}).exit_code == 0);
}

TEST_CASE("lance: a drop whose answer was lost is sent once, and what is gone is gone") {
  LanceBox box;
  box.make("recent");
  box.fake.fault(R"({"act":"reset_after","path":"drop"})");
  const auto dropped = box.run({"drop", "recent", "--yes"});
  CHECK_MESSAGE(dropped.exit_code == 0, dropped.err);
  CHECK(box.count("POST", k_lance_drop) == 1);
  box.make("other");
  box.fake.fault(R"({"act":"reset_before","path":"drop"})");
  const auto kept = box.run({"drop", "other", "--yes"});
  CHECK(kept.exit_code == 7);
  CHECK(tells(kept.err, "matview show other"));
}

TEST_CASE("lance: the dialect of views uses the routes for views") {
  LanceBox box(Json{{"views_dialect", true}});
  box.make("recent");
  box.variables["MATVIEW_PROFILES_LANCE_DIALECT"] = "views";
  box.fake.forget();
  CHECK(box.run({"list", "-o", "name"}).out == "recent\n");
  CHECK(box.count("GET", "/v1/namespace/%24/materialized_view/list") == 1);
  CHECK(box.fake.requests().size() == 1);
  CHECK(box.json({"show", "recent"})["views"][0]["definition"] == R"({"source_table":"docs"})");
  CHECK(box.run({"drop", "recent", "--yes"}).exit_code == 0);
  CHECK(box.count("POST", "/v1/materialized_view/recent/drop") == 1);
}

TEST_CASE("lance: client credentials, and a token that runs out in the middle") {
  LanceBox box(Json{{"credentials", {{"client_id", "me"}, {"client_secret", "s3cret & more"}, {"expire_after", 3}}}});
  box.variables.erase("LANCEDB_API_KEY");
  box.variables["MATVIEW_PROFILES_LANCE_CLIENT_ID"] = "me";
  box.variables["MATVIEW_PROFILES_LANCE_CLIENT_SECRET"] = "s3cret & more";
  box.make("recent");
  box.fake.forget();
  const auto refreshed = box.run({"refresh", "recent", "--trace-http"});
  CHECK_MESSAGE(refreshed.exit_code == 0, refreshed.err);
  CHECK(box.count("POST", "/oauth/token") > 1);
  CHECK(box.count("POST", k_lance_refresh) <= 2);
  for (const char* secret : {"s3cret", "access-token-"}) CHECK_FALSE(tells(refreshed.err, secret));
}

TEST_CASE("lance: credentials that are refused are an error of their own, with what to do, and never shown") {
  LanceBox box;
  box.variables["LANCEDB_API_KEY"] = "wrong-key-of-mine";
  const auto outcome = box.run({"list", "--trace-http"});
  CHECK(outcome.exit_code == 4);
  CHECK(tells(outcome.err, "LANCEDB_API_KEY"));
  CHECK_FALSE(tells(outcome.err, "wrong-key-of-mine"));
}

TEST_CASE("lance: every code of the specification ends in its exit code") {
  LanceBox box;
  box.make("recent");
  const int exits[] = {9, 6, 10, 10, 6, 10, 1, 10, 6, 10, 6, 6, 1, 1, 10, 4, 4, 7, 7, 10, 1, 7, 6, 10};
  for (int code = 0; code < 24; ++code) {
    CAPTURE(code);
    box.set(R"({"error":{"code":)" + std::to_string(code) + R"(},"error_on":"refresh$"})");
    const auto outcome = box.run({"refresh", "recent", "--retries", "0"});
    CHECK_MESSAGE(outcome.exit_code == exits[code], outcome.err);
    CHECK(tells(outcome.err, "code " + std::to_string(code) + " "));
  }
  for (const char* shape : {"problem", "text"}) {
    box.set(std::string(R"({"error":{"code":13,"shape":")") + shape + R"("},"error_on":"refresh$"})");
    const auto outcome = box.run({"refresh", "recent"});
    CHECK(outcome.exit_code == 1);
    CHECK(tells(outcome.err, "as the test asked (HTTP 400)"));
  }
}

TEST_CASE("lance: text of the server reaches no terminal with its escapes") {
  LanceBox box;
  box.fake.command(R"({"table":{"id":["evil\u001b[31m"],"metadata":{"geneva::view::query":"\u001b]0;x\u0007"}}})");
  box.set(R"({"error":{"code":13,"error":"\u001b[2Jgone"},"error_on":"refresh$"})");
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"list"}, {"list", "-o", "wide"}, {"refresh", "docs"}}) {
    const auto outcome = box.run(arguments);
    CHECK_FALSE(tells(outcome.out + outcome.err, "\x1b"));
  }
}

TEST_CASE("lance: a server that describes no metadata knows its views by the column of source rows") {
  LanceBox box(Json{{"hide_metadata", true}});
  const auto outcome = box.run({"create", "recent", "--query", "{}", "--output-schema", "id int64"});
  CHECK(outcome.exit_code == 0);
  CHECK(box.run({"refresh", "recent", "--quiet"}).exit_code == 0);
  CHECK(box.json({"show", "recent"})["views"][0]["version"] == 2);
}

TEST_CASE("lance: doctor tells what is right and what is not") {
  LanceBox box;
  CHECK(box.run({"doctor"}).exit_code == 0);
  box.set(R"({"jobs":406})");
  const auto poor = box.run({"doctor"});
  CHECK_MESSAGE(poor.exit_code == 0, poor.err);
  CHECK(tells(poor.out, "does not tell of jobs"));
  box.variables["LANCEDB_API_KEY"] = "wrong-key-of-mine";
  const auto refused = box.run({"doctor"});
  CHECK(refused.exit_code != 0);
  CHECK(tells(refused.out, "credentials"));
}

TEST_CASE("lance: an address of the Python client's form is explained") {
  LanceBox box;
  box.variables["LANCEDB_URI"] = "db://mydb";
  const auto outcome = box.run({"list"});
  CHECK(outcome.exit_code == 2);
  CHECK(tells(outcome.err, "https://mydb.REGION.api.lancedb.com"));
}
