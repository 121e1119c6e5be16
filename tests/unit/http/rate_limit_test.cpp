#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "http/rate_limit_fields.hpp"
#include "http/rate_limit_transport.hpp"
#include "support/fake_environment.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/scripted_transport.hpp"

using namespace std::chrono_literals;
using matview::Control;
using matview::Duration;
using matview::ErrorCode;
using matview::HttpRequest;
using matview::HttpResponse;
using matview::Result;
using matview::http::exhausted_for;
using matview::http::RateLimitTransport;
using matview::test::Caller;
using matview::test::FakeEnvironment;
using matview::test::ScriptedTransport;

namespace {

using Clock = std::chrono::steady_clock;

const HttpRequest k_request{.url = "http://127.0.0.1/"};

std::optional<Duration> exhausted(std::string field) { return exhausted_for({.headers = {{"RateLimit", field}}}); }

/// Notes how many requests were under way at once.
class CountingTransport final : public matview::Transport {
 public:
  Result<HttpResponse> send(const HttpRequest&, Control&) override {
    const int now = ++under_way_;
    for (int most = most_; now > most && !most_.compare_exchange_weak(most, now);) {
    }
    std::this_thread::sleep_for(2ms);
    --under_way_;
    ++sent_;
    return HttpResponse{.status = 200};
  }
  int most() const { return most_; }
  int sent() const { return sent_; }

 private:
  std::atomic<int> under_way_{0};
  std::atomic<int> most_{0};
  std::atomic<int> sent_{0};
};

}  // namespace

TEST_CASE("no more requests are under way than allowed, from however many threads") {
  const FakeEnvironment environment;
  CountingTransport counting;
  RateLimitTransport limited(counting, {.concurrent = 3}, environment);
  Caller caller;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&] {
        for (int j = 0; j < 5; ++j) CHECK(limited.send(k_request, caller.control));
      });
  }
  CHECK(counting.sent() == 80);
  CHECK(counting.most() == 3);
}

TEST_CASE("requests keep the distance that so many a second have") {
  const FakeEnvironment environment;
  ScriptedTransport next;
  next.then(HttpResponse{.status = 200});
  RateLimitTransport limited(next, {.requests_per_second = 100}, environment);
  Caller caller;
  const auto before = Clock::now();
  for (int i = 0; i < 11; ++i) REQUIRE(limited.send(k_request, caller.control));
  CHECK(Clock::now() - before >= 100ms);
}

TEST_CASE("after a 429 nothing is sent until its Retry-After, from any thread") {
  const FakeEnvironment environment;
  ScriptedTransport next;
  next.then(HttpResponse{.status = 429, .headers = {{"Retry-After", "0.15"}}}).then(HttpResponse{.status = 200});
  RateLimitTransport limited(next, {}, environment);
  Caller caller;
  REQUIRE(limited.send(k_request, caller.control));
  const auto before = Clock::now();
  std::jthread other([&] {
    CHECK(limited.send(k_request, caller.control));
    CHECK(Clock::now() - before >= 140ms);
  });
  CHECK(limited.send(k_request, caller.control));
  CHECK(Clock::now() - before >= 140ms);
}

TEST_CASE("while the server says that nothing is left nothing is sent") {
  const FakeEnvironment environment;
  ScriptedTransport next;
  next.then(HttpResponse{.status = 200, .headers = {{"RateLimit", R"("write";r=0;t=0.15)"}}})
      .then(HttpResponse{.status = 200});
  RateLimitTransport limited(next, {}, environment);
  Caller caller;
  REQUIRE(limited.send(k_request, caller.control));
  const auto before = Clock::now();
  REQUIRE(limited.send(k_request, caller.control));
  CHECK(Clock::now() - before >= 140ms);
}

TEST_CASE("a hold that outlasts the deadline ends the request at once, unsent") {
  const FakeEnvironment environment;
  ScriptedTransport next;
  next.then(HttpResponse{.status = 429, .headers = {{"Retry-After", "120"}}});
  RateLimitTransport limited(next, {}, environment);
  Caller caller;
  REQUIRE(limited.send(k_request, caller.control));
  const auto late = limited.send(k_request, caller.within(60s).control);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::timeout);
  CHECK(late.error().message == "the server takes no more requests for 2 min, which is beyond the time limit");
  CHECK_FALSE(late.error().unanswered);
  CHECK(next.requests().size() == 1);
}

TEST_CASE("a stop ends the waiting for leave to send") {
  const FakeEnvironment environment;
  ScriptedTransport next;
  next.then(HttpResponse{.status = 429, .headers = {{"Retry-After", "300"}}});
  RateLimitTransport limited(next, {}, environment);
  Caller caller;
  REQUIRE(limited.send(k_request, caller.control));
  std::jthread stopper([&] { caller.stop = SIGINT; });
  const auto stopped = limited.send(k_request, caller.control);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::interrupted);
  CHECK_FALSE(stopped.error().unanswered);
}

TEST_CASE("a server that shuts for hours is asked, so that it says so itself") {
  const FakeEnvironment environment;
  ScriptedTransport next;
  next.then(HttpResponse{.status = 429, .headers = {{"Retry-After", "86400"}}});
  RateLimitTransport limited(next, {}, environment);
  Caller caller;
  REQUIRE(limited.send(k_request, caller.control));
  REQUIRE(limited.send(k_request, caller.control));
  CHECK(next.requests().size() == 2);
}

TEST_CASE("RateLimit fields are read with tolerance") {
  CHECK(exhausted(R"("write";r=0;t=20)") == Duration(20s));
  CHECK(exhausted(R"("ip";r=999;t=1, "write";r=0;t=20,"read";r=0;t=5)") == Duration(20s));
  CHECK(exhausted("default; r=0; t=1.5") == Duration(1500ms));
  CHECK(exhausted("\"a\";t=7;r=0;pk=:x:") == Duration(7s));
  CHECK(exhausted("\"a\";r=0;t=1e300") == Duration(std::chrono::hours(24 * 365)));
  for (const char* none : {"", "\"write\";r=1;t=20", "\"write\";r=0", "r=0,t=20", "\"a\";r=0;t=-1", "\"a\";r=0;t=x",
                           "\"a\";r=;t=5", ";;;,,,", "\"a\";r=0;t=nan", "limit=10, remaining=0, reset=5"}) {
    CAPTURE(none);
    CHECK_FALSE(exhausted(none));
  }
}
