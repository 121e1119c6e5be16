// Following jobs from any shell, against the fake of Dune: what holds for every backend that can be asked.

#include <csignal>

#include "dune_box.hpp"

using namespace matview::test;

namespace {

const char* const k_view = R"([{"name":"result_a","query_id":1,"executions":[]}])";
const char* const k_three = R"([{"name":"result_a","executions":[]},{"name":"result_b","executions":[]},
                                {"name":"result_c","executions":[]}])";

/// Submits a refresh and answers with the id of its job.
std::string submit(const DuneBox& box, const std::string& view) {
  const auto outcome = box.run({"refresh", view, "--no-wait", "-o", "name"});
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
  return outcome.out.substr(0, outcome.out.find('\n'));
}

}  // namespace

TEST_CASE("a job is waited for from another shell, under the profile it was submitted with") {
  DuneBox box;
  box.seed(k_view);
  const auto id = submit(box, "result_a");
  auto elsewhere = box.command({"wait", id, "-o", "json"});
  elsewhere.environment["MATVIEW_PROFILE"] = "local";
  const auto outcome = run(elsewhere);
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
  const auto job = parse_json(outcome.out)["jobs"][0];
  CHECK(job["id"] == id);
  CHECK(job["state"] == "succeeded");
  CHECK(job["profile"] == "dune");
  CHECK(job["view"] == "result_a");

  auto status = box.command({"status", "--job", id, "-o", "name"});
  status.environment["MATVIEW_PROFILE"] = "local";
  CHECK(run(status).out == id + "\n");
}

TEST_CASE("of several jobs each ends for itself; some that fail make it PARTIAL") {
  DuneBox box;
  box.seed(k_three);
  const auto a = submit(box, "result_a");
  const auto b = submit(box, "result_b");
  const auto c = submit(box, "result_c");
  box.fake.command(R"({"finish":{"id":")" + b + R"(","state":"QUERY_STATE_FAILED"}})");
  auto command = box.command({"wait", "-", a});
  command.input = a + "\n" + b + "\n\n" + c + "\n";
  const auto outcome = run(command);
  CHECK(outcome.exit_code == 3);
  CHECK(says(outcome.err, "job " + b + " of view 'result_b' failed: "));
  CHECK(says(outcome.err, "1 of 3 jobs did not end well"));
  for (const auto& id : {a, b, c}) CHECK(says(outcome.out, id));
  CHECK(box.run({"wait", b}).exit_code == 1);
  CHECK(box.run({"wait", a, c, "--quiet"}).out == "");
}

TEST_CASE("a job that nobody knows is not found, and the hint says where it was looked for") {
  DuneBox box;
  const auto outcome = box.run({"wait", "01HZZZZZZZZZZZZZZZZZZZZZZZ"});
  CHECK(outcome.exit_code == 6);
  CHECK(outcome.out == "");
  CHECK(box.run({"wait"}).exit_code == 2);
  CHECK(box.run({"cancel"}).exit_code == 2);
  CHECK(box.run({"wait", ""}).exit_code == 2);
}

TEST_CASE("a backend that cannot be reached for a while is told of once, and the job is followed to its end") {
  DuneBox box;
  box.seed(k_view);
  const auto id = submit(box, "result_a");
  box.fake.fault(R"({"act":"status","status":503,"path":"/api/v1/execution/.*","from":2,"times":4})");
  box.set(R"({"script":["QUERY_STATE_PENDING","QUERY_STATE_EXECUTING","QUERY_STATE_COMPLETED"]})");
  const auto outcome = box.run({"wait", id, "--retries", "0"});
  CHECK(outcome.exit_code == 0);
  std::size_t warnings = 0;
  for (auto at = outcome.err.find("warning:"); at != std::string::npos; at = outcome.err.find("warning:", at + 1))
    ++warnings;
  CHECK(warnings == 1);
  CHECK(says(outcome.err, "trying again"));
}

TEST_CASE("credentials that are refused in mid-run end the waiting, and the job goes on") {
  DuneBox box;
  box.seed(k_view);
  box.set(R"({"script":["QUERY_STATE_EXECUTING"]})");
  const auto id = submit(box, "result_a");
  box.fake.fault(R"({"act":"status","status":401,"body":"{\"error\":\"invalid API Key k3y\"}",
                     "path":"/api/v1/execution/.*","from":3})");
  const auto outcome = box.run({"wait", id});
  CHECK(outcome.exit_code == 4);
  CHECK(says(outcome.err, "cannot follow job " + id));
  CHECK(box.count("POST", k_dune_cancel) == 0);
}

TEST_CASE("events tell of a job as it goes on, each state once, and end with the summary") {
  DuneBox box;
  box.seed(k_view);
  box.set(
      R"({"script":["QUERY_STATE_PENDING","QUERY_STATE_PENDING","QUERY_STATE_EXECUTING","QUERY_STATE_COMPLETED"]})");
  const auto outcome = box.run({"refresh", "result_a", "-o", "jsonl"});
  REQUIRE(outcome.exit_code == 0);
  std::vector<std::string> events;
  for (const auto& line : parse_json_lines(outcome.out)) {
    auto text = line["event"].get<std::string>();
    if (text == "progress") text += " " + line["step"].get<std::string>().substr(0, 7);
    if (events.empty() || events.back() != text) events.push_back(text);
  }
  CHECK(events == std::vector<std::string>{"start", "progress pending", "progress running", "result", "summary"});
  CHECK(outcome.err == "");
}

TEST_CASE("Ctrl-C at a terminal stops the waiting and says how to go on; a second one leaves at once") {
  DuneBox box;
  box.seed(k_view);
  box.set(R"({"script":["QUERY_STATE_EXECUTING"]})");
  auto command = box.command({"refresh", "result_a"});
  command.terminal = true;
  {
    Process process(command);
    REQUIRE(process.wait_for("running"));
    process.type("\x03");
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 130);
    CHECK(says(outcome.out, "stopped waiting for job "));
    CHECK(says(outcome.out, "'matview wait "));
  }
  // An answer that never comes is what the first Ctrl-C has to wait for.
  box.fake.fault(R"({"act":"stall","path":"/api/v1/execution/.*","times":0})");
  const auto before = box.count("POST", k_dune_cancel);
  Process process(box.command({"refresh", "result_a", "--if-running", "start"}));
  while (box.count("POST", k_dune_refresh) < 2) {
  }
  process.signal(SIGINT);
  process.signal(SIGINT);
  CHECK(process.wait().exit_code == 130);
  CHECK(box.count("POST", k_dune_cancel) == before);
}

TEST_CASE("history without a name lists what was submitted from here, newest first, of every profile") {
  DuneBox box;
  box.seed(k_three);
  CHECK(box.run({"history", "-o", "name"}).out == "");
  const auto a = submit(box, "result_a");
  const auto b = submit(box, "result_b");
  auto anywhere = box.command({"history", "-o", "name"});
  anywhere.environment["MATVIEW_PROFILE"] = "local";
  CHECK(run(anywhere).out == b + "\n" + a + "\n");
  CHECK(box.run({"history", "-o", "name", "--limit", "1"}).out == b + "\n");
  CHECK(box.run({"history", "-o", "name", "-P", "local"}).out == "");
  const auto requests = box.fake.requests().size();
  box.run({"history"});
  CHECK(box.fake.requests().size() == requests);
}

TEST_CASE("a process that is killed while its refresh is under way leaves a record by which the run is found") {
  DuneBox box;
  box.seed(k_view);
  box.fake.fault(R"({"act":"stall_after","method":"POST","path":"/api/v1/materialized-views/.*/refresh"})");
  Process process(box.command({"refresh", "result_a"}));
  while (box.count("POST", k_dune_refresh) < 1) {
  }
  process.signal(SIGKILL);
  process.wait();
  const auto listed = box.run({"history", "-o", "name"});
  REQUIRE(listed.out.size() > 1);
  const auto key = listed.out.substr(0, listed.out.size() - 1);
  CHECK(box.json({"history"})["jobs"][0]["state"] == "unknown");
  const auto job = box.json({"wait", key})["jobs"][0];
  CHECK(job["state"] == "succeeded");
  CHECK(job["id"] != key);
  CHECK(box.count("POST", k_dune_refresh) == 1);
}

TEST_CASE("--wait is kept where it can be, --no-wait too, and both together are a mistake") {
  DuneBox box;
  box.seed(k_view);
  CHECK(box.run({"refresh", "result_a", "--wait"}).exit_code == 0);
  CHECK(box.run({"refresh", "result_a", "--wait", "--no-wait"}).exit_code == 2);
  CHECK(box.run({"refresh", "result_a", "--no-wait", "--cancel-on-timeout"}).exit_code == 2);
  CHECK(box.count("POST", k_dune_refresh) == 1);
}
