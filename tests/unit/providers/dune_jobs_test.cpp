#include <doctest/doctest.h>

#include <string>

#include "dune_bench.hpp"
#include "providers/dune/submit.hpp"
#include "providers/dune/view_answers.hpp"
#include "support/time_text.hpp"

using namespace matview;
using namespace matview::providers::dune;
using namespace matview::test;

namespace {

constexpr const char* k_get = "GET v1/materialized-views/dune.acme.result_daily";
constexpr const char* k_refresh = "POST v1/materialized-views/dune.acme.result_daily/refresh";
constexpr const char* k_old = "01KF0000000000000000000001";
constexpr const char* k_new = "01KF0000000000000000000002";
constexpr const char* k_done = R"({"state":"QUERY_STATE_COMPLETED","is_execution_finished":true})";
constexpr const char* k_running = R"({"state":"QUERY_STATE_EXECUTING","is_execution_finished":false})";
constexpr const char* k_accepted = R"({"sql_id":"dune.acme.result_daily","execution_id":"01KF0000000000000000000002"})";

/// The id of an execution that was made then.
std::string ulid(const char* time, char last) {
  const Time made = support::parse_rfc3339(time).value();
  auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(made.time_since_epoch()).count();
  std::string id(26, '0');
  for (std::size_t i = 10; i > 0; --i, millis /= 32) id[i - 1] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[millis % 32];
  id.back() = last;
  return id;
}

std::string view_with(std::vector<std::string> ids) {
  Value list = Value::array();
  for (auto& id : ids) list.push(id);
  return support::to_json(
      Value().set("sql_id", "dune.acme.result_daily").set("query_id", 4711).set("last_execution_ids", list));
}

std::string status_of(const char* id) { return std::string("GET v1/execution/") + id + "/status"; }

RefreshRequest request(OptionValues options = {}) { return {"result_daily", false, false, std::move(options)}; }

int count(const DuneTransport& transport, std::string_view what) {
  int found = 0;
  for (const auto& sent : transport.sent()) found += sent == what;
  return found;
}

}  // namespace

TEST_CASE("dune: a refresh puts the job on record, sends once and answers with it as accepted") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with({k_old}));
  bench.answer(status_of(k_old), 200, k_done);
  bench.answer(k_refresh, 200, k_accepted);
  const auto job = bench.provider->refresh(request({{"performance", {"large"}}}), bench.control);
  REQUIRE(job);
  CHECK(job->id == k_new);
  CHECK(job->state == JobState::pending);
  CHECK(job->view == "result_daily");
  CHECK(bench.transport.requests.back().body == R"({"performance":"large"})");
  REQUIRE(bench.log.written.size() == 2);
  CHECK(bench.log.written[0].clue.at("seen") == Value(Value::array().push(k_old)));
  CHECK(bench.log.written[1].key == bench.log.written[0].key);
}

TEST_CASE("dune: the profile's tier is that of every run without a flag") {
  DuneBench bench({{"owner", "acme"}, {"performance", "small"}});
  bench.answer(k_get, 200, view_with({}));
  bench.answer(k_refresh, 200, k_accepted);
  REQUIRE(bench.provider->refresh(request(), bench.control));
  CHECK(bench.transport.requests.back().body == R"({"performance":"small"})");
}

TEST_CASE("dune: a run under way is taken up, skipped or ignored, as --if-running says") {
  for (const std::string rule : {"", "wait", "skip", "start"}) {
    CAPTURE(rule);
    DuneBench bench;
    bench.answer(k_get, 200, view_with({k_old}));
    bench.answer(status_of(k_old), 200, k_running);
    bench.answer(k_refresh, 200, k_accepted);
    const auto job = bench.provider->refresh(
        request(rule.empty() ? OptionValues{} : OptionValues{{"if-running", {rule}}}), bench.control);
    REQUIRE(job);
    CHECK(count(bench.transport, k_refresh) == (rule == "start" ? 1 : 0));
    CHECK(job->id == (rule == "start" ? k_new : k_old));
    if (rule == "skip") {
      CHECK(job->state == JobState::skipped);
      CHECK(bench.log.written.empty());
    }
    if (rule.empty() || rule == "wait") {
      CHECK(job->state == JobState::running);
      REQUIRE(bench.log.written.size() == 1);
      CHECK(bench.log.written[0].job.id == k_old);
      // Taken up again it is still one job.
      REQUIRE(bench.provider->refresh(request(), bench.control));
      CHECK(bench.log.written.size() == 1);
    }
  }
}

TEST_CASE("dune: a newest run that the service has forgotten does not keep a refresh from starting") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with({k_old}));
  bench.answer(status_of(k_old), 404, R"({"error":"Object not found"})");
  bench.answer(k_refresh, 200, k_accepted);
  CHECK(bench.provider->refresh(request(), bench.control));
}

TEST_CASE("dune: a refresh whose answer was lost is taken up by its new run and never sent twice") {
  for (const bool as_status : {false, true}) {
    DuneBench bench;
    bench.answer(k_get, 200, view_with({k_old}));
    bench.answer(status_of(k_old), 200, k_done);
    if (as_status)
      bench.answer(k_refresh, 502, "<html>Bad Gateway</html>");
    else
      bench.transport.answer(k_refresh, lost_answer());
    bench.answer(k_get, 200, view_with({k_old}));
    bench.answer(k_get, 200, view_with({k_old, k_new}));
    const auto job = bench.provider->refresh(request(), bench.control);
    REQUIRE(job);
    CHECK(job->id == k_new);
    CHECK(count(bench.transport, k_refresh) == 1);
    CHECK(bench.log.written.back().job.id == k_new);
    REQUIRE(bench.warnings.size() == 1);
    CHECK(bench.warnings[0].find(k_new) != std::string::npos);
  }
}

TEST_CASE("dune: without a new run a lost answer is unknown, on record with what finds it later") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with({k_old}));
  bench.answer(status_of(k_old), 200, k_done);
  bench.transport.answer(k_refresh, lost_answer());
  const auto job = bench.provider->refresh(request(), bench.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().unanswered);
  CHECK(job.error().message.find("whether a run was started is not known") != std::string::npos);
  CHECK(count(bench.transport, k_refresh) == 1);
  const auto record = bench.log.written.back();
  CHECK(record.job.state == JobState::unknown);
  CHECK(job.error().hint.find(record.key) != std::string::npos);

  // Later the run shows up, and the record's key leads to it.
  auto later = bench.provider->job(record.key, bench.control);
  REQUIRE(later);
  CHECK(later->state == JobState::unknown);
  CHECK(later->reason.find("no run that could be it") != std::string::npos);
  const auto id = ulid("2026-01-15T12:00:01Z", '2');  // a second after the request
  bench.answer(k_get, 200, view_with({k_old, id}));
  bench.answer(status_of(id.c_str()), 200, k_running);
  REQUIRE(bench.provider->job(record.key, bench.control));  // the old answer once more
  later = bench.provider->job(record.key, bench.control);
  REQUIRE(later);
  CHECK(later->id == id);
  CHECK(later->state == JobState::running);
  CHECK(later->view == "result_daily");
  CHECK(bench.log.written.back().key == record.key);
  CHECK(bench.log.written.back().job.id == id);
}

TEST_CASE("dune: a refusal is a failure, not an unknown") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with({}));
  bench.answer(k_refresh, 402,
               R"({"error":"This API request would exceed your configured limits per billing cycle."})");
  const auto job = bench.provider->refresh(request(), bench.control);
  REQUIRE_FALSE(job);
  CHECK_FALSE(job.error().unanswered);
  CHECK(job.error().http_status == 402);
  CHECK(job.error().detail.find("request: POST https://api.dune.com/api/v1/materialized-views/") != std::string::npos);
  CHECK(bench.log.written.back().job.state == JobState::failed);
}

TEST_CASE("dune: the lost run is the oldest that came after all seen ones, and near in time") {
  const Time sent = support::parse_rfc3339("2026-01-15T12:00:00Z").value();
  const auto before = ulid("2026-01-15T06:00:00Z", '1');
  const auto first = ulid("2026-01-15T12:00:01Z", '2');
  const auto second = ulid("2026-01-15T12:05:00Z", '3');
  const auto late = ulid("2026-01-15T18:00:00Z", '4');
  const Clue clue{"dune.acme.result_x", {before}};
  CHECK(started_run(clue, {late, second, first, before}, sent) == first);
  CHECK(started_run(clue, {late, before}, sent) == std::nullopt);
  CHECK(started_run(clue, {late, before}, std::nullopt) == late);
  CHECK(started_run(clue, {before}, std::nullopt) == std::nullopt);
  // An older one that was not told before is no answer.
  CHECK(started_run(clue, {before, ulid("2026-01-14T06:00:00Z", '0')}, std::nullopt) == std::nullopt);
  CHECK(started_run({"x", {}}, {"odd-id"}, sent) == "odd-id");
  CHECK_FALSE(read_clue(Value()));
  CHECK(read_clue(to_value(clue))->seen == clue.seen);
}

TEST_CASE("dune: --max-credits starts nothing when fewer are left") {
  for (const bool enough : {false, true}) {
    DuneBench bench;
    bench.answer(k_get, 200, view_with({}));
    bench.answer("POST v1/usage", 200,
                 R"({"billing_periods":[{"end_date":"2026-02-01","credits_used":90,"credits_included":140.5}]})");
    bench.answer(k_refresh, 200, k_accepted);
    const auto job = bench.provider->refresh(request({{"max-credits", {enough ? "50" : "51"}}}), bench.control);
    CHECK(job.has_value() == enough);
    CHECK(count(bench.transport, k_refresh) == (enough ? 1 : 0));
    if (!enough)
      CHECK(job.error().message ==
            "only 50.5 credits are left until 2026-02-01, and --max-credits wants 51: nothing was started");
  }
}

TEST_CASE("dune: a job is asked for by its id, and its record follows") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with({}));
  bench.answer(k_refresh, 200, k_accepted);
  REQUIRE(bench.provider->refresh(request(), bench.control));
  bench.answer(status_of(k_new), 200, k_running);
  bench.answer(status_of(k_new), 200, R"({"state":"QUERY_STATE_FAILED","error":{"message":"boom"}})");
  bench.answer(status_of(k_new), 200, R"({"state":"QUERY_STATE_EXPIRED"})");
  CHECK(bench.provider->job(k_new, bench.control)->state == JobState::running);
  const auto failed = bench.provider->job(k_new, bench.control);
  CHECK(failed->state == JobState::failed);
  CHECK(failed->view == "result_daily");
  CHECK(bench.log.written.back().job.state == JobState::failed);
  // The record remembers what the service forgets.
  CHECK(bench.provider->job(k_new, bench.control)->state == JobState::failed);
}

TEST_CASE("dune: a job of nobody's record is asked for all the same, and may be unknown") {
  DuneBench bench;
  bench.answer(status_of(k_new), 200, k_done);
  CHECK(bench.provider->job(k_new, bench.control)->state == JobState::succeeded);
  bench.answer(status_of(k_old), 400, R"({"error":"The requested execution ID (ID: x) is invalid."})");
  CHECK(bench.provider->job(k_old, bench.control).error().code == ErrorCode::not_found);
}

TEST_CASE("dune: a cancel has no body and leaves a job alone that has ended") {
  DuneBench bench;
  const std::string cancel = std::string("POST v1/execution/") + k_new + "/cancel";
  bench.answer(status_of(k_new), 200, k_running);
  bench.answer(status_of(k_new), 200, R"({"state":"QUERY_STATE_CANCELLED","is_execution_finished":true})");
  bench.answer(cancel, 200, R"({"success":true})");
  const auto job = bench.provider->cancel(k_new, bench.control);
  REQUIRE(job);
  CHECK(job->state == JobState::cancelled);
  CHECK(count(bench.transport, cancel) == 1);
  REQUIRE(bench.provider->cancel(k_new, bench.control));
  CHECK(count(bench.transport, cancel) == 1);
}

TEST_CASE("dune: a cancel that is refused because the run ended just now is no error") {
  DuneBench bench;
  bench.answer(status_of(k_new), 200, k_running);
  bench.answer(status_of(k_new), 200, k_done);
  bench.answer(std::string("POST v1/execution/") + k_new + "/cancel", 400, R"({"error":"not running"})");
  CHECK(bench.provider->cancel(k_new, bench.control)->state == JobState::succeeded);
}

TEST_CASE("dune: a stop during the look for a lost run ends it, and the job stays unknown") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with({}));
  bench.transport.answer(k_refresh, lost_answer());
  bench.answer(k_get, 200, view_with({}));
  // The stop comes with the first look.
  struct Stopping final : Transport {
    DuneBench& bench;
    explicit Stopping(DuneBench& b) : bench(b) {}
    Result<HttpResponse> send(const HttpRequest& request, Control& control) override {
      auto answer = bench.transport.send(request, control);
      if (!answer) bench.stop = 2;
      return answer;
    }
  } stopping(bench);
  ProviderContext context{"dune", {{"owner", "acme"}}, bench.environment, &bench.secrets, &stopping, &bench.log};
  const auto provider = open(context).value();
  const auto job = provider->refresh(request(), bench.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().unanswered);
  CHECK(bench.log.written.back().job.state == JobState::unknown);
  CHECK(count(bench.transport, k_refresh) == 1);
}

TEST_CASE("dune: a dry run of refresh and drop shows the requests and sends none") {
  DuneBench bench;
  const auto refresh = bench.provider->plan_refresh(request({{"performance", {"large"}}}), bench.control);
  REQUIRE(refresh);
  REQUIRE(refresh->requests.size() == 3);
  CHECK(refresh->requests[0].url.ends_with("/v1/materialized-views/dune.acme.result_daily"));
  CHECK(refresh->requests[1].url.ends_with("/v1/execution/EXECUTION_ID/status"));
  CHECK(refresh->requests[2].body == R"({"performance":"large"})");
  const auto drop = bench.provider->plan_drop({"result_daily", false, {{"force", {}}}}, bench.control);
  REQUIRE(drop);
  REQUIRE(drop->requests.size() == 2);
  CHECK(drop->requests[1].method == "DELETE");
  CHECK(bench.transport.requests.empty());
  CHECK(bench.log.written.empty());
  CHECK(bench.provider->plan_refresh({"daily", false, false, {}}, bench.control).error().code == ErrorCode::usage);
}

TEST_CASE("dune: a dry run of cancel asks, cancels and asks again; a job without a run cannot be cancelled") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with({}));
  bench.transport.answer(k_refresh, lost_answer());
  REQUIRE_FALSE(bench.provider->refresh(request(), bench.control));
  const auto sent = bench.transport.requests.size();
  CHECK(bench.provider->plan_cancel(bench.log.written.back().key, bench.control).error().code == ErrorCode::not_found);
  const auto plan = bench.provider->plan_cancel(k_new, bench.control);
  REQUIRE(plan);
  REQUIRE(plan->requests.size() == 3);
  CHECK(plan->requests[1].method == "POST");
  CHECK(plan->requests[1].url.ends_with(std::string("/v1/execution/") + k_new + "/cancel"));
  CHECK_FALSE(plan->requests[1].body);
  CHECK(bench.transport.requests.size() == sent);
  CHECK(bench.provider->job("", bench.control).error().code == ErrorCode::usage);
}
