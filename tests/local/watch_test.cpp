// The loop in the foreground: what it refreshes, and how signals and the service manager speak with it.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>

#include "schedule_fixture.hpp"

using namespace matview::test;

namespace {

constexpr const char* k_query = "SELECT count(*) AS n FROM 'in/*.csv'";

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The service manager's end of the protocol.
class Manager {
 public:
  explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length) == 0);
    const timeval limit{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Manager() { ::close(socket_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// The next message that begins so; what comes before it is dropped.
  std::string hear(const std::string& begin) const {
    std::string message(4096, '\0');
    while (true) {
      const auto length = ::recv(socket_, message.data(), message.size(), 0);
      if (length < 0) return "nothing";
      if (message.starts_with(begin)) return message.substr(0, static_cast<std::size_t>(length));
    }
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("watch refreshes what is due, and later what refreshes itself, and ends cleanly when told to") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "due", "--query", k_query, "--schedule", store.k_yearly});
  store.must({"create", "itself", "--query", k_query, "--auto-refresh", "--with-data"});
  Process process(store.command({"watch", "--interval", "100ms"}));
  REQUIRE(process.wait_for("'due': full, 1 row added"));
  store.write_csv("b", 10, 5);
  REQUIRE(process.wait_for("'itself': "));
  process.signal(SIGTERM);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "stopped\n"));
  CHECK(store.query("SELECT n FROM itself") == "15\n");
  CHECK(store.query("SELECT n FROM due") == "10\n");
}

TEST_CASE("a tick wakes watch, long before its interval is over") {
  ScheduleFixture store;
  // Ticks every minute: the test waits for the next.
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", "* * * * *", "--with-data"});
  auto command = store.command({"watch", "--interval", "1h"});
  command.time_limit = std::chrono::minutes(3);
  Process process(command);
  REQUIRE(process.wait_for("'v': unchanged"));
  process.signal(SIGTERM);
  CHECK(process.wait().exit_code == 0);
}

TEST_CASE("neither a refresh that fails nor a view that is gone ends the loop") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "v", "--query", k_query, "--schedule", store.k_yearly});
  std::filesystem::remove(store.sources() / "a.csv");
  Process process(store.command({"watch", "--interval", "100ms", "v", "w*"}));
  REQUIRE(process.wait_for("no view matches 'w*'"));
  store.must({"create", "w", "--query", "SELECT 1 AS a"});
  REQUIRE(process.wait_for("cannot refresh 'v'"));
  store.write_csv("a", 0, 10);
  REQUIRE(process.wait_for("'v': full, 1 row added"));
  process.signal(SIGTERM);
  CHECK(process.wait().exit_code == 0);
}

TEST_CASE("a refresh that runs is stopped, leaves no rows and is put on record") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT count(*) AS n FROM range(4000000000) a(i) WHERE hash(i) % 7 = 1",
              "--schedule", store.k_yearly});
  Process process(store.command({"watch", "-o", "jsonl"}));
  REQUIRE(process.wait_for("\"event\":\"start\""));
  process.signal(SIGTERM);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome.out, "\"event\":\"error\""));
  CHECK(contains(outcome.out, "{\"event\":\"summary\",\"operation\":\"watch\""));
  const auto job = parse_json(store.must({"history", "v", "-o", "json"}))["jobs"][0];
  CHECK(job["state"] == "cancelled");
  CHECK(store.view("v")["native"]["failures"] == 0);
  store.check_clean_after_gc();
}

TEST_CASE("Ctrl-C ends watch as it ends everything") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly});
  Process process(store.command({"watch", "-o", "jsonl"}));
  REQUIRE(process.wait_for("\"event\":\"result\""));
  process.signal(SIGINT);
  CHECK(process.wait().exit_code == 130);
}

TEST_CASE("the service manager hears when watch is ready, waits, reloads and stops, by path and by abstract name") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly, "--with-data"});
  for (const std::string& name :
       {(store.box().home() / "notify").string(), "@matview-test-" + std::to_string(::getpid())}) {
    CAPTURE(name);
    const Manager manager(name);
    auto command = store.command({"watch", "--quiet"});
    command.environment["NOTIFY_SOCKET"] = name;
    command.environment["WATCHDOG_USEC"] = "200000";
    Process process(command);
    const auto ready = manager.hear("READY=1");
    CHECK(contains(ready, "READY=1\nSTATUS=waiting until "));
    CHECK(contains(ready, "1 view scheduled, 0 refreshing themselves, 0 suspended"));
    CHECK(manager.hear("WATCHDOG=1") == "WATCHDOG=1");
    CHECK(manager.hear("WATCHDOG=1") == "WATCHDOG=1");
    process.signal(SIGHUP);
    CHECK(contains(manager.hear("RELOADING=1"), "RELOADING=1\nMONOTONIC_USEC="));
    CHECK(contains(manager.hear("READY=1"), "READY=1\nSTATUS="));
    process.signal(SIGTERM);
    CHECK(manager.hear("STOPPING=1") == "STOPPING=1");
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("SIGHUP brings in a new configuration; one that is wrong is told of and changes nothing") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "v", "--query", k_query, "--auto-refresh", "--with-data"});
  store.box().configure("[profiles.local]\nprovider = \"local\"\nauto_refresh.min_changed_files = 100\n");
  Process process(store.command({"watch", "--interval", "100ms"}));
  store.must({"create", "mark", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly});
  REQUIRE(process.wait_for("'mark': full"));
  store.write_csv("b", 0, 10);
  store.box().configure("[profiles.local]\nprovider = \"local\"\nauto_refresh.min_changed_files = 0\n");
  process.signal(SIGHUP);
  REQUIRE(process.wait_for("error: the configuration stays as it was: "));
  store.box().configure("[profiles.local]\nprovider = \"local\"\nauto_refresh.min_changed_files = 1\n");
  process.signal(SIGHUP);
  REQUIRE(process.wait_for("the configuration was read again"));
  REQUIRE(process.wait_for("'v': "));
  process.signal(SIGTERM);
  CHECK(process.wait().exit_code == 0);
}

TEST_CASE("the dry run of watch tells what a round would do, and a wrong option ends it at once") {
  ScheduleFixture store;
  store.must({"create", "due", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly});
  store.must({"create", "itself", "--query", "SELECT 1 AS a", "--auto-refresh"});
  store.must({"create", "plain", "--query", "SELECT 1 AS a"});
  const auto plans = parse_json(store.must({"watch", "--dry-run", "-o", "json"}))["plans"];
  REQUIRE(plans.size() == 2);
  CHECK(plans[0]["view"] == "due");
  CHECK(plans[1]["view"] == "itself");
  CHECK(parse_json(store.must({"history", "due", "-o", "json"}))["jobs"].empty());
  CHECK(store.run({"watch", "--interval", "0s"}).exit_code == 2);
  CHECK(store.run({"watch", "--interval", "often"}).exit_code == 2);
}
