#include "output/events.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "support/json.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using namespace std::chrono_literals;

namespace {

struct FakeClock {
  std::chrono::steady_clock::time_point now{};
  SteadyClock function() {
    return [this] { return now; };
  }
};

class FullDisk : public Sink {
 public:
  matview::Result<void> write(std::string_view) override { return matview::fail(matview::ErrorCode::failed, "full"); }
  matview::Result<void> flush() override { return {}; }
};

}  // namespace

TEST_CASE("events are lines, and the summary is the last") {
  StringSink sink;
  FakeClock clock;
  EventWriter events(sink, clock.function());
  events.start("refresh", "sales");
  events.progress({"sales", "reading", 0.25, 1'000});
  events.progress({"sales", "reading", 0.30, 1'200});  // within the same second
  clock.now += 1s;
  events.progress({"sales", "", std::nullopt, std::nullopt});
  events.warning("slow");
  events.error("sales", matview::Error(matview::ErrorCode::locked, "busy"));
  REQUIRE(events.summary({"refresh", 1, 1, 0, 3, 2500ms}));
  CHECK(sink.text() ==
        R"({"event":"start","operation":"refresh","view":"sales","profile":null})"
        "\n"
        R"({"event":"progress","view":"sales","step":"reading","fraction":0.25,"rows":1000})"
        "\n"
        R"({"event":"progress","view":"sales","step":null,"fraction":null,"rows":null})"
        "\n"
        R"({"event":"warning","message":"slow"})"
        "\n"
        R"({"event":"error","view":"sales","error":{"code":"LOCKED","exit_code":11,"message":"busy","hint":null,)"
        R"("provider":null,"profile":null,"http_status":null,"request_id":null,"retryable":false},"profile":null})"
        "\n"
        R"({"event":"summary","operation":"refresh","succeeded":1,"failed":1,"skipped":0,"elapsed_seconds":2.5,)"
        R"("exit_code":3})"
        "\n");
}

TEST_CASE("progress is told once a second, and at every new step") {
  StringSink sink;
  FakeClock clock;
  EventWriter events(sink, clock.function());
  events.progress({"sales", "pending", {}, {}});
  events.progress({"sales", "pending", {}, {}});
  events.progress({"sales", "running", {}, {}});
  clock.now += 1s;
  events.progress({"sales", "running", {}, {}});
  std::size_t lines = 0;
  for (const char c : sink.text()) lines += c == '\n' ? 1 : 0;
  CHECK(lines == 3);
}

TEST_CASE("a failure to write is told by the summary") {
  FullDisk sink;
  EventWriter events(sink);
  events.start("refresh", "sales");
  const auto result = events.summary({});
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "full");
}

TEST_CASE("lines of several threads do not mix") {
  StringSink sink;
  EventWriter events(sink);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&events, t] {
      for (int i = 0; i < 100; ++i) events.start("refresh", "view " + std::to_string(t));
    });
  for (auto& thread : threads) thread.join();
  std::size_t lines = 0;
  for (std::size_t start = 0; start < sink.text().size(); ++lines) {
    const auto end = sink.text().find('\n', start);
    REQUIRE(matview::support::parse_json(sink.text().substr(start, end - start)));
    start = end + 1;
  }
  CHECK(lines == 400);
}
