// Jobs that run at the backend of a program.
#include <filesystem>
#include <fstream>

#include "external_box.hpp"

using namespace matview::test;

TEST_CASE("a refresh waits for the job at the backend, and any shell can follow one that was only submitted") {
  const ExternalBox box;
  box.must("queue", {"create", "v", "--query", "q"});
  const auto waited = box.json("queue", {"refresh", "v", "--polls", "3"}).at("jobs")[0];
  CHECK(waited.at("state") == "succeeded");
  CHECK(waited.at("rows_total") == 7);

  const auto submitted = box.json("queue", {"refresh", "v", "--no-wait", "--polls", "2"}).at("jobs")[0];
  CHECK(submitted.at("state") == "pending");
  const auto id = submitted.at("id").get<std::string>();
  // By its record, whichever profile is in use.
  const auto ended = box.json("local", {"wait", id}).at("jobs")[0];
  CHECK(ended.at("state") == "succeeded");
  const auto history = box.json("queue", {"history", "v"}).at("jobs");
  REQUIRE(history.size() == 2);
  CHECK(history[0].at("id") == id);
  CHECK(history[0].at("state") == "succeeded");
}

TEST_CASE("a job that fails at the backend fails the refresh") {
  const ExternalBox box;
  box.must("queue", {"create", "v", "--query", "q"});
  const auto outcome = box.run_in("queue", {"refresh", "v", "--fail"});
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "it was told to fail"));
}

TEST_CASE("a job is cancelled") {
  const ExternalBox box;
  box.must("queue", {"create", "v", "--query", "q"});
  const auto id = box.json("queue", {"refresh", "v", "--no-wait", "--polls", "1000000"}).at("jobs")[0].at("id");
  const auto cancelled = box.json("queue", {"cancel", id.get<std::string>()}).at("jobs")[0];
  CHECK(cancelled.at("state") == "cancelled");
}

TEST_CASE("a job whose answer was lost is on record as unknown, and is found again by its key") {
  const ExternalBox box;
  box.must("queue", {"create", "v", "--query", "q"});
  const auto lost = box.run_in("queue", {"refresh", "v", "--die", "--polls", "1"});
  CHECK(lost.exit_code == 1);
  CHECK(says(lost.err, "exit code 9"));
  CHECK(says(lost.err, "the answer is lost"));
  const auto record = box.json("queue", {"history", "v"}).at("jobs")[0];
  CHECK(record.at("state") == "unknown");
  const auto found = box.json("queue", {"status", "--job", record.at("id").get<std::string>()}).at("jobs")[0];
  CHECK(found.at("id") == "q1");
  CHECK(found.at("state") == "succeeded");
}

TEST_CASE("secrets come by stdin only, and what the program says of them is masked") {
  const ExternalBox box;
  const auto file = box.directory().write("token", "s3cr3t-t0ken-of-tests\n");
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  const std::map<std::string, std::string> variables{{"MATVIEW_PROFILES_QUEUE_TOKEN_FILE", file.string()}};
  box.must("queue", {"create", "v", "--query", "q"}, variables);
  const auto view = parse_json(box.must("queue", {"show", "v", "-o", "json"}, variables).out).at("views")[0];
  CHECK(view.at("native").at("token_length") == 21);
  const auto list = box.must("queue", {"list"}, variables);
  CHECK(says(list.err, "the token is ***"));
  CHECK_FALSE(says(list.err, "s3cr3t"));
  const auto doctor = box.run_in("queue", {"doctor"}, variables);
  CHECK(says(doctor.out, "come by stdin only"));
  CHECK(doctor.exit_code == 0);
  // A secret from our own variable stays out of the program's environment too.
  const auto direct = box.run_in("queue", {"doctor"}, {{"MATVIEW_PROFILES_QUEUE_TOKEN", "s3cr3t-t0ken-of-tests"}});
  CHECK(direct.exit_code == 0);
}
