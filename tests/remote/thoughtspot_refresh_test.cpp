#include <chrono>
#include <csignal>
#include <thread>

#include "thoughtspot_box.hpp"

using namespace matview::test;

namespace {

using Sent = std::vector<std::string>;

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Json stale(const std::string& name) { return {{"name", name}, {"state", "stale"}}; }

std::string state_of(ThoughtSpotBox& box, const std::string& id) {
  const auto state = box.state();
  for (const auto& view : state.at("views"))
    if (view.at("id") == id) return view.at("state").get<std::string>();
  return {};
}

}  // namespace

TEST_CASE("thoughtspot: a refresh logs in, resolves the name, submits, and logs out") {
  ThoughtSpotBox box;
  const auto id = box.add(stale("Daily sales"));
  const auto job = box.json({"refresh", "Daily sales"}).at("jobs").at(0);
  CHECK(job.at("state") == "submitted");
  CHECK(job.at("view") == "Daily sales");
  CHECK(job.at("provider") == "thoughtspot");
  CHECK(job.at("native").at("guid") == id);
  CHECK(holds(job.at("reason").get<std::string>(), "no way to follow it"));
  CHECK(state_of(box, id) == "materialized");
  CHECK(box.sent() == Sent{"POST session/login", "GET metadata/list", "POST materialization/refreshview/" + id,
                           "POST session/logout"});
  CHECK(box.state().at("sessions").empty());

  const auto sent = box.fake.requests("POST", k_ts_refresh_path + ".*").front();
  CHECK(sent.body.empty());
  CHECK(sent.header("content-length") == "0");
  CHECK(sent.header("content-type") == "*/*");
  CHECK_FALSE(sent.header("x-requested-by").empty());
  CHECK(sent.header("user-agent").starts_with("matview/"));
  CHECK(holds(sent.header("cookie"), "JSESSIONID="));
  CHECK(holds(sent.header("cookie"), "clientId="));
}

TEST_CASE("thoughtspot: the job is on record, also for another shell, and cannot be waited for or cancelled") {
  ThoughtSpotBox box;
  const auto guid = box.add(stale("V"));
  const auto id = box.json({"refresh", "V"}).at("jobs").at(0).at("id").get<std::string>();
  box.fake.forget();
  CHECK(box.json({"status", "--job", id}).at("jobs").at(0).at("state") == "submitted");
  for (const auto& name : {std::string("V"), guid}) {
    const auto history = box.json({"history", name}).at("jobs");
    REQUIRE(history.size() == 1);
    CHECK(history.at(0).at("id") == id);
  }
  for (const auto* verb : {"wait", "cancel"}) {
    CAPTURE(verb);
    CHECK(box.run({verb, id}).exit_code == 9);
  }
  CHECK(box.fake.requests().empty());  // all of that is told from the record
}

TEST_CASE("thoughtspot: --wait is refused before anything is sent") {
  ThoughtSpotBox box;
  box.add(stale("V"));
  const auto outcome = box.run({"refresh", "V", "--wait"});
  CHECK(outcome.exit_code == 9);
  CHECK(holds(outcome.err, "--wait"));
  CHECK(box.fake.requests().empty());
}

TEST_CASE("thoughtspot: each way to log in works, and the profile's word decides between them") {
  const auto sent_with = [](std::map<std::string, std::string> credentials) {
    ThoughtSpotBox box;
    box.credentials = std::move(credentials);
    box.add(stale("V"));
    const auto outcome = box.run({"refresh", "V", "--trace-http"});
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(box.secrets().in_text("stderr", outcome.err).empty());
    CHECK(box.state().at("sessions").empty());
    return box.sent();
  };
  const std::map<std::string, std::string> all{{"TS_USERNAME", "etl"},
                                               {"TS_PASSWORD", k_ts_password},
                                               {"TS_SECRET_KEY", k_ts_secret_key},
                                               {"TS_TOKEN", k_ts_token}};
  CHECK(sent_with({{"TS_TOKEN", k_ts_token}}).front() == "GET metadata/list");
  CHECK(sent_with(all).front() == "GET metadata/list");
  auto trusted = sent_with({{"TS_USERNAME", "etl"}, {"TS_SECRET_KEY", k_ts_secret_key}});
  CHECK(trusted[0] == "POST session/auth/token");
  CHECK(trusted[1] == "POST session/login/token");
  CHECK(trusted.back() == "POST session/logout");
  for (const auto* word : {"session", "trusted", "bearer"}) {
    auto chosen = all;
    chosen["MATVIEW_PROFILES_THOUGHTSPOT_AUTH"] = word;
    const auto first = sent_with(chosen).front();
    CHECK(first == (std::string(word) == "session"   ? "POST session/login"
                    : std::string(word) == "trusted" ? "POST session/auth/token"
                                                     : "GET metadata/list"));
  }
}

TEST_CASE("thoughtspot: refused and missing credentials are told apart, tried once, and exit with 4") {
  ThoughtSpotBox box;
  box.add(stale("V"));
  box.add(stale("W"));
  box.credentials["TS_PASSWORD"] = "wrong-and-secret-too";
  auto outcome = box.run({"refresh", "V", "--trace-http"});
  CHECK(outcome.exit_code == 4);
  CHECK(holds(outcome.err, "cannot log in as 'etl'"));
  CHECK(holds(outcome.err, "TS_PASSWORD"));
  CHECK_FALSE(holds(outcome.err, "wrong-and-secret-too"));
  outcome = box.run({"refresh", "V", "W"});
  CHECK(outcome.exit_code == 4);
  CHECK(box.count("POST", "session/login") == 2);

  box.fake.forget();
  box.credentials = {{"TS_PASSWORD", k_ts_password}};
  outcome = box.run({"refresh", "V"});
  CHECK(outcome.exit_code == 4);
  CHECK(holds(outcome.err, "TS_USERNAME"));
  box.credentials = {{"TS_USERNAME", "etl"}};
  outcome = box.run({"refresh", "V"});
  CHECK(outcome.exit_code == 4);
  CHECK(holds(outcome.err, "TS_SECRET_KEY"));
  CHECK(box.fake.requests().empty());
}

TEST_CASE("thoughtspot: an org is chosen at login, and one the user is not in is an error") {
  ThoughtSpotBox box(Json{{"orgs", {0, 7}}});
  box.add(stale("V"));
  box.credentials["MATVIEW_PROFILES_THOUGHTSPOT_ORG"] = "7";
  CHECK(box.run({"refresh", "V"}).exit_code == 0);
  CHECK(box.sent()[1] == "PUT session/orgs");
  box.credentials["MATVIEW_PROFILES_THOUGHTSPOT_ORG"] = "8";
  const auto outcome = box.run({"refresh", "V"});
  CHECK(outcome.exit_code == 4);
  CHECK(holds(outcome.err, "org 8"));
  CHECK(box.state().at("sessions").empty());
}

TEST_CASE("thoughtspot: two views of one name are told apart and neither is refreshed, a GUID says which") {
  ThoughtSpotBox box;
  const auto first = box.add({{"name", "Daily"}, {"state", "stale"}, {"author", "jim"}});
  const auto second = box.add(stale("Daily"));
  const auto outcome = box.run({"refresh", "Daily"});
  CHECK(outcome.exit_code == 2);
  CHECK(holds(outcome.err, "2 views are called 'Daily'"));
  CHECK(holds(outcome.err, first + "  a view by jim"));
  CHECK(holds(outcome.err, second + "  a view by jane"));
  CHECK(box.count("POST", k_ts_refresh) == 0);
  CHECK(box.json({"refresh", second}).at("jobs").at(0).at("view") == "Daily");
  CHECK(state_of(box, first) == "stale");
  CHECK(state_of(box, second) == "materialized");
}

TEST_CASE("thoughtspot: what cannot be refreshed is refused before a refresh is sent") {
  ThoughtSpotBox box;
  box.add({{"name", "By day"}, {"type", "SQL_VIEW"}});
  box.add({{"name", "Model"}, {"type", "WORKSHEET"}});
  box.add(stale("daily sales"));
  auto outcome = box.run({"refresh", "By day"});
  CHECK(outcome.exit_code == 9);
  CHECK(holds(outcome.err, "SQL view"));
  outcome = box.run({"refresh", "Model"});
  CHECK(outcome.exit_code == 6);
  CHECK(holds(outcome.err, "is a worksheet"));
  outcome = box.run({"refresh", "Daily sales"});
  CHECK(outcome.exit_code == 6);
  CHECK(holds(outcome.err, "did you mean 'daily sales'?"));
  outcome = box.run({"refresh", "daily sale"});
  CHECK(outcome.exit_code == 6);
  CHECK(holds(outcome.err, "did you mean 'daily sales'?"));
  outcome = box.run({"refresh", "00000000-0000-4000-8000-000000000000"});
  CHECK(outcome.exit_code == 6);
  CHECK(box.run({"refresh", "daily sales", "--full"}).exit_code == 2);
  CHECK(box.count("POST", k_ts_refresh) == 0);
}

TEST_CASE("thoughtspot: nothing to do is a conflict with both readings and the window, or allowed") {
  ThoughtSpotBox box;
  box.add({{"name", "V"}, {"state", "materialized"}});
  auto outcome = box.run({"refresh", "V"});
  CHECK(outcome.exit_code == 10);
  CHECK(holds(outcome.err, "not materialized, or it is and is not stale"));
  CHECK(holds(outcome.err, "20:00-04:00"));
  CHECK(holds(outcome.err, "1c1d1e1f-0000-4000-8000-00000000aaaa"));
  const auto error = parse_json(box.run({"refresh", "V", "-o", "json"}).err).at("error");
  CHECK(error.at("code") == "CONFLICT");
  CHECK(error.at("http_status") == 500);
  CHECK(error.at("request_id") == "1c1d1e1f-0000-4000-8000-00000000aaaa");

  const auto job = box.json({"refresh", "V", "--allow-not-stale"}).at("jobs").at(0);
  CHECK(job.at("state") == "succeeded");
  CHECK(job.at("mode") == "no_data");
  outcome = box.run({"refresh", "V", "--allow-not-stale", "--quiet"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());

  box.set({{"enabled", false}});
  outcome = box.run({"refresh", "V", "--allow-not-stale"});
  CHECK(outcome.exit_code == 10);
  CHECK(holds(outcome.err, "switched off"));
}

TEST_CASE("thoughtspot: without the privilege the window is not told, and the refresh says which privilege it needs") {
  ThoughtSpotBox box(Json{{"privileges", {"DATAMANAGEMENT"}}});
  box.add(stale("V"));
  const auto outcome = box.run({"refresh", "V"});
  CHECK(outcome.exit_code == 4);
  CHECK(holds(outcome.err, "Can administer ThoughtSpot"));
  CHECK(box.state().at("sessions").empty());
}

TEST_CASE("thoughtspot: a server that cannot materialize says so, and one that is down for maintenance too") {
  ThoughtSpotBox box(Json{{"materialization", false}});
  box.add(stale("V"));
  auto outcome = box.run({"refresh", "V"});
  CHECK(outcome.exit_code == 9);
  CHECK(holds(outcome.err, "cannot materialize"));
  box.set({{"maintenance", true}});
  outcome = box.run({"refresh", "V", "--retries", "0"});
  CHECK(outcome.exit_code == 7);
  CHECK(holds(outcome.err, "maintenance"));
}

TEST_CASE("thoughtspot: an empty error is an error all the same") {
  ThoughtSpotBox box(Json{{"empty_errors", true}});
  box.add({{"name", "V"}});
  const auto outcome = box.run({"refresh", "V", "--retries", "0", "--allow-not-stale"});
  CHECK(outcome.exit_code == 7);
  CHECK(holds(outcome.err, "HTTP 500"));
}

TEST_CASE("thoughtspot: a session that expires between two views is renewed, once for each time") {
  ThoughtSpotBox box;
  box.add(stale("A"));
  box.add(stale("B"));
  // The session ends at the server; the fake does it in the place of the second refresh's first attempt.
  box.fake.fault({{"act", "status"},
                  {"method", "POST"},
                  {"path", "refreshview"},
                  {"from", 2},
                  {"status", 401},
                  {"body", R"({"code":10003})"}});
  const auto outcome = box.run({"refresh", "--all"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.count("POST", "session/login") == 2);
  CHECK(box.state().at("submitted") == 2);
  CHECK(box.count("POST", k_ts_refresh) == 3);
}

TEST_CASE("thoughtspot: a whole run logs in once and goes on after a view that failed") {
  ThoughtSpotBox box;
  box.add(stale("A"));
  box.add({{"name", "B"}, {"state", "materialized"}});
  box.add(stale("C"));
  const auto outcome = box.run({"refresh", "--all"});
  CHECK(outcome.exit_code == 3);
  CHECK(box.count("POST", "session/login") == 1);
  CHECK(box.count("POST", "session/logout") == 1);
  CHECK(box.state().at("submitted") == 2);
}

TEST_CASE("thoughtspot: a refresh whose answer was lost is unknown, says what to do, and is not sent again") {
  for (const auto* act : {"reset_after", "close_after"}) {
    CAPTURE(act);
    ThoughtSpotBox box;
    box.add(stale("V"));
    box.fake.fault({{"act", act}, {"path", "refreshview"}});
    const auto outcome = box.run({"refresh", "V"});
    CHECK(outcome.exit_code == 7);
    CHECK(holds(outcome.err, "materialization panel"));
    CHECK(box.count("POST", k_ts_refresh) == 1);
    CHECK(box.json({"history", "V"}).at("jobs").at(0).at("state") == "unknown");
    CHECK(box.state().at("sessions").empty());
  }
}

TEST_CASE("thoughtspot: what a gateway refused is sent again; nothing to do is then no error of the view") {
  ThoughtSpotBox box;
  box.add(stale("V"));
  box.fake.fault({{"act", "status"}, {"path", "refreshview"}, {"status", 429}, {"headers", {{"retry-after", "0"}}}});
  CHECK(box.run({"refresh", "V"}).exit_code == 0);
  CHECK(box.count("POST", k_ts_refresh) == 2);

  box.add(stale("W"));
  box.fake.fault({{"act", "status"}, {"path", "refreshview"}, {"status", 504}, {"handled", true}});
  const auto outcome = box.run({"refresh", "W"});
  CHECK(outcome.exit_code == 7);
  CHECK(holds(outcome.err, "the first attempt may have submitted it"));
  CHECK(box.json({"history", "W"}).at("jobs").at(0).at("state") == "unknown");
}

TEST_CASE("thoughtspot: Ctrl-C ends a run that hangs, and the session is closed all the same") {
  ThoughtSpotBox box;
  box.add(stale("V"));
  box.fake.fault({{"act", "stall"}, {"path", "refreshview"}});
  auto command = box.command({"refresh", "V", "--trace-http"});
  Process process(command);
  REQUIRE(process.wait_for("metadata/list"));
  // The list was answered; the refresh is on its way to a server that says nothing.
  for (int i = 0; i < 1000 && box.fake.requests("POST", k_ts_refresh_path + ".*").empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  process.signal(SIGINT);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK(box.sent().back() == "POST session/logout");
  CHECK(box.state().at("sessions").empty());
  CHECK(box.json({"history", "V"}).at("jobs").at(0).at("state") == "unknown");
}

TEST_CASE("thoughtspot: a server that does not answer the logout does not hold the command up") {
  ThoughtSpotBox box;
  box.add(stale("V"));
  box.fake.fault({{"act", "stall"}, {"path", "session/logout"}});
  auto command = box.command({"refresh", "V"});
  command.time_limit = std::chrono::seconds(20);
  const auto outcome = run(command);
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.exit_code == 0);
}

TEST_CASE("thoughtspot: a dry run shows every request in every format, sends none and fetches no secret") {
  ThoughtSpotBox box;
  box.credentials = {{"MATVIEW_PROFILES_THOUGHTSPOT_USERNAME", "etl"},
                     {"MATVIEW_PROFILES_THOUGHTSPOT_PASSWORD_COMMAND", R"(["false"])"}};
  const auto text = box.run({"refresh", "Daily sales", "--dry-run"});
  CHECK_MESSAGE(text.exit_code == 0, text.err);
  CHECK(holds(text.out, "/callosum/v1/tspublic/v1/session/login"));
  CHECK(holds(text.out, "password=***"));
  CHECK(holds(text.out, "pattern=Daily%20sales"));
  CHECK(holds(text.out, "POST " + box.fake.url() + k_ts_refresh_path + "GUID"));
  CHECK(holds(text.out, "X-Requested-By: matview"));
  CHECK(holds(text.out, "session/logout"));
  const auto requests = parse_json(box.run({"refresh", "V", "--dry-run", "-o", "json"}).out);
  CHECK(holds(requests.dump(), "refreshview/GUID"));
  const auto curl = box.run({"refresh", "V", "--dry-run", "-o", "curl"});
  CHECK_MESSAGE(curl.exit_code == 0, curl.err);
  CHECK(holds(curl.out, "$TS_PASSWORD"));
  CHECK(holds(curl.out, "$TS_JSESSIONID"));
  CHECK(box.fake.requests().empty());
}

TEST_CASE("thoughtspot: no secret is in any output, trace or file") {
  for (const std::string way : {"session", "trusted", "bearer"}) {
    CAPTURE(way);
    ThoughtSpotBox box;
    box.credentials = {{"TS_USERNAME", "etl"},
                       {"TS_PASSWORD", k_ts_password},
                       {"TS_SECRET_KEY", k_ts_secret_key},
                       {"TS_TOKEN", k_ts_token},
                       {"MATVIEW_PROFILES_THOUGHTSPOT_AUTH", way}};
    box.add({{"name", "V"}, {"state", "materialized"}});
    for (std::vector<std::string> arguments : {std::vector<std::string>{"refresh", "V"},
                                               {"refresh", "Nowhere"},
                                               {"status"},
                                               {"show", "V", "-o", "json"},
                                               {"doctor"},
                                               {"profile", "show"}}) {
      arguments.insert(arguments.end(), {"--trace-http", "-v"});
      const auto outcome = box.run(arguments);
      CHECK(box.secrets().in_text("stdout", outcome.out) == "");
      CHECK(box.secrets().in_text("stderr", outcome.err) == "");
    }
    CHECK(box.run({"refresh", "V", "--trace-http=trace.txt"}).exit_code == 10);
    CHECK(box.secrets().in_files(box.sandbox.directory().path()) == "");
  }
}

TEST_CASE("thoughtspot: a server that echoes secrets and escapes into its errors gets neither to the terminal") {
  ThoughtSpotBox box;
  box.add(stale("V"));
  box.fake.fault({{"act", "status"},
                  {"path", "refreshview"},
                  {"status", 400},
                  {"body", Json{{"code", 10002}, {"debug", std::string("\x1b[31mbad ") + k_ts_password}}.dump()}});
  const auto outcome = box.run({"refresh", "V"});
  CHECK(outcome.exit_code == 1);
  CHECK_FALSE(holds(outcome.err, "\x1b"));
  CHECK(box.secrets().in_text("stderr", outcome.err) == "");
  CHECK(box.secrets().in_files(box.sandbox.directory().path()) == "");
}
