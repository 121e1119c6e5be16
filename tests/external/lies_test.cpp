// What a program should not do is an error that says so and quotes it.
#include <csignal>

#include "external_box.hpp"

using namespace matview::test;

TEST_CASE("a program that fails at the handshake is an error with its messages") {
  const ExternalBox box;
  const std::vector<std::pair<std::string, std::string>> lies{
      {"hello-crash", "was killed by signal 11"},
      {"hello-exit", "ended with exit code 3"},
      {"hello-rubbish", "no JSON"},
      {"hello-half", "in the middle of a line"},
      {"hello-utf8", "no JSON"},
      {"hello-array", "no JSON object"},
      {"hello-twice", "occurs twice"},
      {"hello-long", "a line of more than"},
      {"hello-none", "it names none"},
      {"hello-types", "it is no list"},
      {"hello-option", "kebab case"},
      {"hello-other", "must be 'hello'"},
  };
  for (const auto& [lie, words] : lies) {
    CAPTURE(lie);
    const auto outcome = box.lie(lie);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.out.empty());
    CHECK(says(outcome.err, words));
    CHECK(says(outcome.err, "matview-provider-liar"));
    CHECK(says(outcome.err, "  | about to lie: " + lie));
    CHECK_FALSE(says(outcome.err, "\x1b"));
  }
}

TEST_CASE("another version of the protocol is unsupported, and both versions are told") {
  const ExternalBox box;
  const auto outcome = box.lie("hello-protocol");
  CHECK(outcome.exit_code == 9);
  CHECK(says(outcome.err, "speaks version 2 of the protocol, and this matview speaks version 1"));
}

TEST_CASE("a program that does not answer hello is given up on after start_timeout") {
  const ExternalBox box;
  const auto outcome =
      box.run_in("liar", {"list"}, {{"LIE", "hello-silent"}, {"MATVIEW_PROFILES_LIAR_START_TIMEOUT", "300ms"}});
  CHECK(outcome.exit_code == 8);
  CHECK(says(outcome.err, "did not answer hello within 300 ms"));
}

TEST_CASE("what a program refuses when it is opened is its own error") {
  const ExternalBox box;
  const auto refused = box.lie("open-refuse");
  CHECK(refused.exit_code == 4);
  CHECK(says(refused.err, "who are you?"));
  CHECK(says(refused.err, "hint: log in"));
  CHECK(says(box.lie("open-crash").err, "was killed by signal 11"));
  CHECK(says(box.lie("open-other").err, "neither 'ready' nor 'error'"));
}

TEST_CASE("a program that fails at a request is an error with its messages") {
  const ExternalBox box;
  const std::vector<std::pair<std::string, std::string>> lies{
      {"list-crash", "was killed by signal 11"},
      {"list-exit", "ended with exit code 3"},
      {"list-rubbish", "no JSON"},
      {"list-half", "in the middle of a line"},
      {"list-utf8", "no JSON"},
      {"list-long", "a line of more than"},
      {"list-id", "not that of the request"},
      {"list-none", "there is no list 'views'"},
      {"list-types", "'rows' of a view: it is no whole number"},
      {"list-state", "'ripe' is no word it can have"},
      {"list-nameless", "'name' of a view: it is missing"},
      {"list-rows", "with rows"},
      {"list-kind", "no type 'surprise'"},
      {"list-error", "'message' of an error: it is missing"},
      {"list-flood", "the last words"},
  };
  for (const auto& [lie, words] : lies) {
    CAPTURE(lie);
    const auto outcome = box.lie(lie);
    CAPTURE(outcome.err.substr(0, 2000));
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.out.empty());
    CHECK(says(outcome.err, words));
    CHECK(says(outcome.err, "matview-provider-liar"));
    CHECK(outcome.err.size() < 20'000);
  }
}

TEST_CASE("an error code of a later version is a failure, and control characters go") {
  const ExternalBox box;
  const auto outcome = box.lie("list-code");
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "short and stout"));
}

TEST_CASE("rows that do not fit their columns are an error") {
  const ExternalBox box;
  CHECK(box.lie("query-fine", {"query", "x", "-o", "csv"}).out == "a\n1\n");
  const auto outcome = box.lie("query-width", {"query", "x", "-o", "csv"});
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "not as many values"));
}

TEST_CASE("a refresh during which the program dies is on record as unknown") {
  const ExternalBox box;
  CHECK(box.lie("refresh-crash", {"refresh", "x"}).exit_code == 1);
  const auto jobs = box.json("liar", {"history", "x"}).at("jobs");
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].at("state") == "unknown");
}

TEST_CASE("a program that stops when it is asked to is not killed") {
  const ExternalBox box;
  Process process(box.in("liar", {"refresh", "x", "--progress", "plain"}, {{"LIE", "refresh-wait"}}));
  REQUIRE(process.wait_for("working"));
  process.signal(SIGTERM);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 143);
  CHECK(says(outcome.err, "stopped in good order"));
}

TEST_CASE("a program that neither stops nor obeys SIGTERM is killed") {
  const ExternalBox box;
  const auto outcome = box.lie("refresh-deaf", {"refresh", "x", "--timeout", "1s"});
  CHECK(outcome.exit_code == 8);
  CHECK(says(outcome.err, "did not stop when it was asked to"));
}
