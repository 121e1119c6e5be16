#include <doctest/doctest.h>

#include <csignal>

#include "http/retry_transport.hpp"
#include "support/fake_environment.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/scripted_transport.hpp"

using namespace std::chrono_literals;
using matview::Duration;
using matview::ErrorCode;
using matview::HttpRequest;
using matview::HttpResponse;
using matview::RetryRule;
using matview::Time;
using matview::http::retry_after;
using matview::http::RetryOptions;
using matview::http::RetryTransport;
using matview::test::Caller;
using matview::test::FakeEnvironment;
using matview::test::no_answer;
using matview::test::ScriptedTransport;

namespace {

const RetryOptions k_quick{.retries = 4, .first_delay = 100us, .longest_delay = 1ms};

HttpRequest request(RetryRule rule) { return {.method = "POST", .url = "http://127.0.0.1/", .retry = std::move(rule)}; }

struct Retried {
  matview::Result<HttpResponse> result;
  std::size_t attempts;
  std::vector<std::string> steps;
};

Retried retry(ScriptedTransport& transport, RetryRule rule, RetryOptions options = k_quick) {
  const FakeEnvironment environment;
  Caller caller;
  auto result = RetryTransport(transport, options, environment).send(request(std::move(rule)), caller.control);
  return {std::move(result), transport.requests().size(), caller.steps()};
}

}  // namespace

TEST_CASE("an answer that is no reason to try again is passed on") {
  for (const int status : {200, 204, 302, 400, 401, 402, 403, 404, 409, 501}) {
    CAPTURE(status);
    ScriptedTransport transport;
    transport.then(HttpResponse{.status = status});
    const auto done = retry(transport, RetryRule::read());
    REQUIRE(done.result);
    CHECK(done.result->status == status);
    CHECK(done.attempts == 1);
    CHECK(done.steps.empty());
  }
}

TEST_CASE("an answer tells that an earlier attempt may have been carried out") {
  const auto after = [](matview::Result<HttpResponse> first) {
    ScriptedTransport transport;
    transport.then(std::move(first));
    transport.then(HttpResponse{.status = 200});
    const auto done = retry(transport, RetryRule::read());
    REQUIRE(done.result);
    CHECK(done.attempts == 2);
    return done.result->perhaps_done_before;
  };
  CHECK(after(HttpResponse{.status = 502}));
  CHECK(after(HttpResponse{.status = 504}));
  CHECK_FALSE(after(HttpResponse{.status = 429}));
  CHECK_FALSE(after(HttpResponse{.status = 503}));
  ScriptedTransport once;
  once.then(HttpResponse{.status = 200});
  CHECK_FALSE(retry(once, RetryRule::read()).result->perhaps_done_before);
}

TEST_CASE("each rule decides which answers are asked for again") {
  const auto attempts = [](RetryRule rule, int status) {
    ScriptedTransport transport;
    transport.then(HttpResponse{.status = status}).then(HttpResponse{.status = 200});
    return retry(transport, std::move(rule)).attempts;
  };
  for (const int status : {408, 429, 500, 502, 503, 504}) CHECK(attempts(RetryRule::read(), status) == 2);
  for (const int status : {408, 429, 502, 503, 504}) CHECK(attempts(RetryRule::idempotent(), status) == 2);
  CHECK(attempts(RetryRule::idempotent(), 500) == 1);
  CHECK(attempts(RetryRule::submit(), 429) == 2);
  for (const int status : {408, 500, 502, 503, 504}) CHECK(attempts(RetryRule::submit(), status) == 1);
}

TEST_CASE("what surely never left is sent again by every rule") {
  for (const auto& rule : {RetryRule::read(), RetryRule::idempotent(), RetryRule::submit()}) {
    ScriptedTransport transport;
    transport.then(no_answer()).then(no_answer()).then(HttpResponse{.status = 202});
    const auto done = retry(transport, rule);
    REQUIRE(done.result);
    CHECK(done.attempts == 3);
    CHECK(done.steps == std::vector<std::string>{"waiting to try again", "waiting to try again"});
  }
}

TEST_CASE("what may have been carried out is never sent twice unless the rule says so") {
  ScriptedTransport lost;
  lost.then(no_answer(true)).then(HttpResponse{.status = 202});
  const auto submit = retry(lost, RetryRule::submit());
  REQUIRE_FALSE(submit.result);
  CHECK(submit.result.error().unanswered);
  CHECK(submit.attempts == 1);

  ScriptedTransport again;
  again.then(no_answer(true)).then(HttpResponse{.status = 202});
  CHECK(retry(again, RetryRule::read()).attempts == 2);
}

TEST_CASE("once an attempt was unanswered, so is the whole") {
  ScriptedTransport transport;
  transport.then(no_answer(true)).then(no_answer(false));
  const auto done = retry(transport, RetryRule::idempotent());
  REQUIRE_FALSE(done.result);
  CHECK(done.result.error().unanswered);
  CHECK(done.attempts == 5);
}

TEST_CASE("what will not go away by itself is not tried again") {
  ScriptedTransport transport;
  transport.then(matview::fail(ErrorCode::unavailable, "the certificate is not trusted"));
  CHECK(retry(transport, RetryRule::read()).attempts == 1);
  ScriptedTransport usage;
  usage.then(matview::fail(ErrorCode::usage, "no address"));
  CHECK(retry(usage, RetryRule::read()).attempts == 1);
}

TEST_CASE("after the last attempt its answer is the answer") {
  ScriptedTransport transport;
  transport.then(HttpResponse{.status = 429, .body = "slow down"});
  const auto done = retry(transport, RetryRule::submit());
  REQUIRE(done.result);
  CHECK(done.result->status == 429);
  CHECK(done.result->body == "slow down");
  CHECK(done.attempts == 5);

  ScriptedTransport once;
  once.then(no_answer());
  CHECK(retry(once, RetryRule::submit(), {.retries = 0}).attempts == 1);
}

TEST_CASE("all attempts go out under one id, that of the request if it has one") {
  ScriptedTransport transport;
  transport.then(no_answer());
  retry(transport, RetryRule::read());
  const auto sent = transport.requests();
  REQUIRE(sent.size() == 5);
  const auto id = *sent[0].headers.find("X-Request-Id");
  CHECK(id.size() == 36);
  for (const auto& each : sent) CHECK(each.headers.all("x-request-id") == std::vector{id});
}

TEST_CASE("a wait that would end after the deadline is not begun") {
  const FakeEnvironment environment;
  ScriptedTransport transport;
  transport.then(HttpResponse{.status = 503, .headers = {{"Retry-After", "60"}}});
  Caller caller;
  const auto result =
      RetryTransport(transport, k_quick, environment).send(request(RetryRule::read()), caller.within(30s).control);
  REQUIRE(result);
  CHECK(result->status == 503);
  CHECK(transport.requests().size() == 1);
}

TEST_CASE("nobody is kept waiting for more than ten minutes without a deadline") {
  ScriptedTransport transport;
  transport.then(HttpResponse{.status = 429, .headers = {{"Retry-After", "601"}}});
  const auto done = retry(transport, RetryRule::read());
  REQUIRE(done.result);
  CHECK(done.attempts == 1);
}

TEST_CASE("the server's own wait is kept") {
  ScriptedTransport transport;
  transport.then(HttpResponse{.status = 429, .headers = {{"Retry-After", "0.2"}}}).then(HttpResponse{.status = 200});
  const auto before = std::chrono::steady_clock::now();
  CHECK(retry(transport, RetryRule::submit()).attempts == 2);
  CHECK(std::chrono::steady_clock::now() - before >= 200ms);
}

TEST_CASE("a stop while waiting to try again ends it, and remembers what was lost") {
  const FakeEnvironment environment;
  ScriptedTransport transport;
  transport.then(no_answer(true));
  // Whoever hears that there will be a wait says stop.
  struct Stopper : Caller {
    void progress(const matview::Progress&) override { stop = SIGTERM; }
  } stopper;
  const auto result = RetryTransport(transport, {.retries = 3, .first_delay = 1min, .longest_delay = 1min}, environment)
                          .send(request(RetryRule::read()), stopper.control);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::terminated);
  CHECK(result.error().unanswered);
  CHECK(transport.requests().size() == 1);
}

TEST_CASE("Retry-After is read as seconds or as a date") {
  const Time now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 10h;
  const auto after = [&](std::string value, int status = 503) {
    return retry_after({.status = status, .headers = {{"Retry-After", std::move(value)}}}, now);
  };
  CHECK(after("0") == Duration(0));
  CHECK(after("120") == Duration(120s));
  CHECK(after("1.5") == Duration(1500ms));
  CHECK(after("Sat, 21 Nov 2026 10:00:30 GMT") == Duration(30s));
  CHECK(after("Saturday, 21-Nov-26 10:01:00 GMT") == Duration(60s));
  CHECK(after("Sat Nov 21 10:00:10 2026") == Duration(10s));
  CHECK(after("Sat, 21 Nov 2026 09:00:00 GMT") == Duration(0));
  CHECK(after("99999999999999999999") == Duration(std::chrono::hours(24 * 365)));
  CHECK(after(std::string(400, '9')) == Duration(std::chrono::hours(24 * 365)));
  for (const char* none : {"", "-1", "soon", "10 s", "1e3", "nan", "inf", "0x10", "2026-11-21T10:00:30Z"}) {
    CAPTURE(none);
    CHECK_FALSE(after(none));
  }
  CHECK_FALSE(retry_after({.status = 503}, now));
}

TEST_CASE("a date is counted from the server's clock where it tells it, however ours has jumped") {
  const Time wrong = std::chrono::sys_days(std::chrono::year(2031) / 1 / 1);
  const HttpResponse response{
      .status = 503,
      .headers = {{"Date", "Sat, 21 Nov 2026 10:00:00 GMT"}, {"Retry-After", "Sat, 21 Nov 2026 10:00:30 GMT"}}};
  CHECK(retry_after(response, wrong) == Duration(30s));
}

TEST_CASE("a 429 without Retry-After says by RateLimit how long nothing is left") {
  const HttpResponse response{.status = 429, .headers = {{"RateLimit", R"("read";r=5;t=1, "write";r=0;t=20)"}}};
  CHECK(retry_after(response, Time{}) == Duration(20s));
}
