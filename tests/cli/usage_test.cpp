#include "memory_box.hpp"

using namespace matview::test;

namespace {

/// A command line that must be a usage error with this message and hint, and change nothing.
struct Wrong {
  std::vector<std::string> arguments;
  std::string err;
};

void check(const MemoryBox& box, const Wrong& wrong) {
  std::string shown;
  for (const auto& word : wrong.arguments) shown += " " + word;
  CAPTURE(shown);
  const std::string before = box.state();
  const auto outcome = box.run(wrong.arguments);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out == "");
  CHECK(outcome.err == wrong.err);
  CHECK(box.state() == before);
}

}  // namespace

TEST_CASE("mistyped commands and options get the nearest match") {
  MemoryBox box;
  for (const Wrong& wrong : std::vector<Wrong>{
           {{"lst"}, "error: there is no command 'lst'\nhint: did you mean 'list'?\n"},
           {{"refesh", "--all"}, "error: there is no command 'refesh'\nhint: did you mean 'refresh'?\n"},
           {{"zzzzzz"}, "error: there is no command 'zzzzzz'\nhint: 'matview help' lists the commands\n"},
           {{""}, "error: there is no command ''\nhint: 'matview help' lists the commands\n"},
           {{"refresh", "--stael"}, "error: 'refresh' has no option '--stael'\nhint: did you mean '--stale'?\n"},
           {{"--outptu", "json", "list"}, "error: there is no option '--outptu'\nhint: did you mean '--output'?\n"},
           {{"list", "--outptu=json"}, "error: 'list' has no option '--outptu'\nhint: did you mean '--output'?\n"},
           {{"list", "--fail-fast"}, "error: 'list' has no option '--fail-fast'\nhint: it is an option of: refresh\n"},
           {{"list", "-x"}, "error: 'list' has no option '-x'\nhint: see 'matview list --help'\n"},
           {{"list", "-o", "jsn"},
            "error: --output takes one of table, wide, json, jsonl, csv, name, toml, curl, dot, mermaid, not "
            "'jsn'\nhint: "
            "did you mean "
            "'json'?\n"},
           {{"help", "refesh"}, "error: there is no help on 'refesh'\nhint: did you mean 'refresh'?\n"},
       })
    check(box, wrong);
}

TEST_CASE("a command line that lacks something or has too much says what") {
  MemoryBox box;
  for (const Wrong& wrong : std::vector<Wrong>{
           {{}, "error: no command is given\nhint: 'matview help' lists the commands\n"},
           {{"create"}, "error: 'create' needs NAME\nhint: usage: matview create NAME\n"},
           {{"create", "a", "b"}, "error: 'create' does not take the argument 'b'\nhint: usage: matview create NAME\n"},
           {{"create", "a"},
            "error: cannot create 'a': view 'a' needs a query\nhint: give it with --query or --query-file\n"},
           {{"create", "a", "--query"}, "error: --query needs a value\n"},
           {{"list", "-P"}, "error: --profile needs a value\n"},
           {{"show"}, "error: 'show' needs NAME\nhint: usage: matview show NAME\n"},
           {{"drop"}, "error: 'drop' needs NAME\nhint: usage: matview drop NAME\n"},
           {{"query"}, "error: 'query' needs SQL\nhint: usage: matview query SQL\n"},
       })
    check(box, wrong);
}

TEST_CASE("a command that acts on views never takes no selector for all of them") {
  MemoryBox box;
  box.create("a");
  const std::string hint =
      "hint: give names, a glob in quotes, --all, --stale, --due, --failed or --tag; see 'matview help selectors'\n";
  check(box, {{"refresh"}, "error: 'refresh' needs to know which views\n" + hint});
  check(box, {{"refresh", "--exclude", "b"}, "error: 'refresh' needs to know which views\n" + hint});
  check(box, {{"verify"}, "error: 'verify' needs to know which views\n" + hint});
}

TEST_CASE("contradictory and repeated options are refused") {
  MemoryBox box;
  box.create("a");
  for (const Wrong& wrong : std::vector<Wrong>{
           {{"create", "b", "--query", "x", "--with-data", "--no-data"},
            "error: --with-data and --no-data contradict each other\n"},
           {{"create", "b", "--query", "x", "--replace", "--if-not-exists"},
            "error: --if-not-exists and --replace contradict each other\n"},
           {{"create", "b", "--query", "x", "--query-file", "f"},
            "error: the query is given twice: as text and with --query-file\n"},
           {{"create", "b", "--query", "x", "--query", "y"}, "error: --query is given 2 times\n"},
           {{"-o", "json", "list", "-o", "csv"}, "error: --output is given 2 times\n"},
           {{"refresh", "--all", "a"}, "error: --all and names of views contradict each other\n"},
           {{"status", "--watch", "--exit-code"}, "error: --watch and --exit-code contradict each other\n"},
           {{"status", "a", "--job", "x"}, "error: --job and names of views contradict each other\n"},
           {{"list", "--all-profiles", "a"}, "error: --all-profiles and names of views contradict each other\n"},
       })
    check(box, wrong);
}

TEST_CASE("values that are none are refused, each by the option's name") {
  MemoryBox box;
  box.create("a");
  for (const Wrong& wrong : std::vector<Wrong>{
           {{"list", "--timeout", "90"}, "error: --timeout takes a duration such as 90s, 15m or 2h, not '90'\n"},
           {{"list", "--timeout", ""}, "error: --timeout takes a duration such as 90s, 15m or 2h, not ''\n"},
           {{"list", "--timeout=-5s"}, "error: --timeout takes a duration such as 90s, 15m or 2h, not '-5s'\n"},
           {{"list", "--retries", "many"}, "error: --retries takes a whole number from 0 on, not 'many'\n"},
           {{"list", "--retries", "-1"}, "error: --retries takes a whole number from 0 on, not '-1'\n"},
           {{"list", "--retries", "99999999999999999999"},
            "error: --retries takes a whole number from 0 on, not '99999999999999999999'\n"},
           {{"list", "--color", "maybe"}, "error: --color takes one of auto, always, never, not 'maybe'\n"},
           {{"list", "--progress", "loud"}, "error: --progress takes one of auto, plain, json, none, not 'loud'\n"},
           {{"list", "--quiet=yes"}, "error: --quiet takes no value\n"},
           {{"list", "--profile="}, "error: the value of --profile is empty\n"},
           {{"history", "a", "--limit", "x"}, "error: --limit takes a whole number from 0 on, not 'x'\n"},
           {{"query", "a", "--version", "first"}, "error: --version takes a whole number from 0 on, not 'first'\n"},
           {{"gc", "--grace", "soon"}, "error: --grace takes a duration such as 90s, 15m or 2h, not 'soon'\n"},
           {{"status", "--watch=0"}, "error: --watch takes a number of seconds from 1 to 86400, not '0'\n"},
           {{"status", "--watch=x"}, "error: --watch takes a number of seconds from 1 to 86400, not 'x'\n"},
           {{"create", "b", "--query", ""}, "error: the query is empty\n"},
           {{"create", "b", "--query", " \n\t"}, "error: the query is empty\n"},
           {{"create", "b", "--query", "x", "--kind", "table"},
            "error: --kind takes one of query, udtf, chunker, scalar_udtf, not 'table'\n"},
           {{"create", "b", "--query", "x", "--tag", ""},
            "error: --tag '' is no tag: it must not be empty or hold a comma\n"},
           {{"create", "b", "--query", "x", "--rows", "-3"},
            "error: cannot create 'b': --rows takes a whole number from 0 on, not '-3'\n"},
           {{"create", "b", "--query", "x", "--upstream", "zz"},
            "error: cannot create 'b': there is no view 'zz' to read from\n"},
           {{"create", "b", "--query", "x", "--fail-with", "joy"},
            "error: --fail-with takes one of failed, auth, unavailable, timeout, conflict, locked, internal, not "
            "'joy'\n"},
       })
    check(box, wrong);
}

TEST_CASE("unknown fields are refused before anything is done, with the nearest one") {
  MemoryBox box;
  box.create("a");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"list", "--fields", "nmae"}, {"status", "--fields", "name,rwos"}, {"refresh", "a", "--fields", "stat"}}) {
    const std::string before = box.state();
    const auto outcome = box.run(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err.find("did you mean") != std::string::npos);
    CHECK(box.state() == before);
  }
}

TEST_CASE("names that break the rules are refused with the rule") {
  MemoryBox box;
  const std::string hint =
      "hint: a name is up to 200 bytes of printable UTF-8 without / : * ? [ ], and does not begin with '-' or '+'\n";
  const auto refused = [&](const std::string& name, const std::string& shown, const std::string& rule) {
    check(box, {{"create", "--query", "x", "--", name},
                "error: a view cannot be called '" + shown + "': " + rule + "\n" + hint});
  };
  refused("a/b", "a/b", "it holds a '/'");
  refused("mem:a:b", "a:b", "it holds a ':'");
  refused("a*", "a*", "it holds a '*'");
  refused("-a", "-a", "it begins with '-'");
  refused("+a", "+a", "it begins with '+'");
  refused("a+", "a+", "it ends with '+'");
  refused(" a", " a", "it begins or ends with a space");
  refused("..", "..", "it is the name of a directory");
  refused(std::string(201, 'x'), std::string(201, 'x'), "it is longer than 200 bytes");
  check(box,
        {{"create", "", "--query", "x"}, "error: the name of a view is empty\nhint: write NAME or PROFILE:NAME\n"});
  for (const std::string name : {"a\nb", "a\x1b[31m", "a\x7f", "a\xff", "a\xc2\x85"}) {
    const auto outcome = box.run({"create", name, "--query", "x"});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find('\x1b') == std::string::npos);
    CHECK(box.state() == "");
  }
}

TEST_CASE("a query file that cannot be read, is empty, or is no text is refused") {
  MemoryBox box;
  const auto create = [&](const std::string& file, const std::string& input = {}) {
    const auto outcome = box.run({"create", "a", "--query-file", file}, input);
    CHECK(outcome.exit_code == 2);
    CHECK(box.state() == "");
    return outcome.err;
  };
  CHECK(create("missing.sql") == "error: cannot read --query-file 'missing.sql': No such file or directory\n");
  CHECK(create(".") == "error: --query-file '.' is a directory\n");
  box.directory().write("work/blank.sql", " \n");
  CHECK(create("blank.sql") == "error: the query is empty\n");
  box.directory().write("work/bytes.sql", "SELECT '\xff'");
  CHECK(create("bytes.sql") == "error: the query is not valid UTF-8\n");
  CHECK(create("-") == "error: the query is empty\n");
  CHECK(create("-", std::string("a\0b", 3)) == "error: the query is not text: it holds a zero byte\n");
}

TEST_CASE("an option of another provider is refused, with the providers that have it") {
  MemoryBox box;
  const auto outcome = box.run({"create", "a", "--query", "x", "--rows", "1", "-P", "local"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err == "error: the provider 'local' has no option --rows\nhint: it is an option of: memory\n");
}

TEST_CASE("an unknown profile is not found, with the nearest one") {
  MemoryBox box;
  const auto outcome = box.run({"list", "-P", "men"});
  CHECK(outcome.exit_code == 6);
  CHECK(outcome.err == "error: there is no profile 'men'\nhint: did you mean 'mem'?\n");
  CHECK(box.run({"show", "men:a"}).exit_code == 6);
}

TEST_CASE("with -o json a usage error is one JSON object on stderr, wherever the option stands") {
  MemoryBox box;
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"-o", "json", "lst"},
                                             {"lst", "--output=json"},
                                             {"list", "--nothing", "-ojson"},
                                             {"list", "-o", "jsonl", "-x"}}) {
    const auto outcome = box.run(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out == "");
    const auto document = parse_json(outcome.err);
    REQUIRE(document.contains("error"));
    CHECK(keys(document["error"]) == std::vector<std::string>{"code", "exit_code", "message", "hint", "provider",
                                                              "profile", "http_status", "request_id", "retryable"});
    CHECK(document["error"]["code"] == "USAGE");
    CHECK(document["error"]["exit_code"] == 2);
  }
}

TEST_CASE("a broken configuration is a usage error for commands, and none for help and version") {
  MemoryBox box;
  box.configure("default_profile = \n");
  const auto outcome = box.run({"list"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("config.toml:1") != std::string::npos);
  CHECK(box.run({"help"}).exit_code == 0);
  CHECK(box.run({"--version"}).exit_code == 0);
  CHECK(box.run({"list", "--help"}).exit_code == 0);
}
