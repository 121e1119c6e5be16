// The fake backends' framework itself, with the least backend there is: tests that stand on it must be able to trust
// it.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "support/fake_backend.hpp"
#include "support/raw_client.hpp"

using namespace matview::test;

namespace {

std::string get(const std::string& path) { return raw_request("GET", path); }

std::string post(const std::string& path, const std::string& body) {
  return raw_request("POST", path, {"X-Key: k"}, body);
}

int handled(FakeBackend& fake) { return fake.command("{}").at("handled").get<int>(); }

}  // namespace

TEST_CASE("a fake records what it was sent, byte by byte, and what it answered") {
  FakeBackend fake("echo", {{"status", 201}});
  const auto seen = talk(fake.port(), post("/a%20b/c$d?x=1&y=%2F", R"({"n":1})"));
  CHECK(seen.says("HTTP/1.1 201 "));
  CHECK(seen.closed);
  CHECK(parse_json(seen.body())["path"] == "/a%20b/c$d");
  CHECK(parse_json(seen.body())["query"]["y"] == "/");

  const auto requests = fake.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].path == "/a%20b/c$d");
  CHECK(requests[0].query == "x=1&y=%2F");
  CHECK(requests[0].header("x-key") == "k");
  CHECK(requests[0].json()["n"] == 1);
  CHECK(requests[0].status == 201);
  CHECK(requests[0].fault.empty());
  CHECK(fake.requests("POST", "/a.*").size() == 1);
  CHECK(fake.requests("GET", "/a.*").empty());
  CHECK(fake.requests("POST", "/a").empty());

  fake.forget();
  CHECK(fake.requests().empty());
}

TEST_CASE("a fault strikes the requests it names, in its turn, as often as it says") {
  FakeBackend fake("echo");
  fake.fault(R"({"act":"status","method":"GET","path":"^/a$","from":2,"times":2,"status":503})");
  const auto status = [&](const std::string& request) { return talk(fake.port(), request).status(); };
  CHECK(status(get("/a")) == "200");
  CHECK(status(get("/a")) == "503");
  CHECK(status(get("/b")) == "200");
  CHECK(status(post("/a", "x")) == "200");
  CHECK(status(get("/a")) == "503");
  CHECK(status(get("/a")) == "200");

  fake.fault(R"({"act":"status","times":0,"status":500})");
  CHECK(status(get("/a")) == "500");
  CHECK(status(get("/a")) == "500");
  fake.clear_faults();
  CHECK(status(get("/a")) == "200");
}

TEST_CASE("a fault that does not exist is refused, and so is a parameter it does not have") {
  FakeBackend fake("echo");
  CHECK_THROWS(fake.fault(R"({"act":"explode"})"));
  CHECK_THROWS(fake.fault(R"({"act":"stall","status":500})"));
}

TEST_CASE("what is lost before the backend changes nothing, what is lost after it has changed everything") {
  FakeBackend fake("echo");
  struct Case {
    const char* act;
    bool reset;
    int handled;
  };
  for (const auto& [act, reset, count] : {Case{"reset_headers", true, 0},
                                          {"reset_before", true, 0},
                                          {"reset_after", true, 1},
                                          {"close_after", false, 2}}) {
    CAPTURE(act);
    fake.forget();
    fake.fault({{"act", act}});
    const auto seen = talk(fake.port(), post("/x", "body"));
    CHECK(seen.text.empty());
    CHECK(seen.reset == reset);
    CHECK(seen.closed == !reset);
    CHECK(handled(fake) == count);
    REQUIRE(fake.requests().size() == 1);
    CHECK(fake.requests()[0].fault == act);
    CHECK_FALSE(fake.requests()[0].status);
  }
}

TEST_CASE("an answer cut short has its whole length in its head and half of its body") {
  FakeBackend fake("echo");
  const auto whole = talk(fake.port(), get("/x")).body();
  for (const auto* act : {"reset_midbody", "truncate", "stall_midbody"}) {
    CAPTURE(act);
    fake.fault({{"act", act}});
    const auto seen = talk(fake.port(), get("/x"), 1 << 20, std::string(act) == "stall_midbody" ? 300 : 10'000);
    CHECK(seen.says("content-length: " + std::to_string(whole.size())));
    CHECK(seen.body() == whole.substr(0, whole.size() / 2));
    CHECK(seen.reset == (std::string(act) == "reset_midbody"));
    CHECK(seen.closed == (std::string(act) == "truncate"));
  }
}

TEST_CASE("a stalled request gets nothing") {
  FakeBackend fake("echo");
  fake.fault(R"({"act":"stall"})");
  fake.fault(R"({"act":"stall_after","from":2})");
  for (const int count : {0, 1}) {
    const auto seen = talk(fake.port(), get("/x"), 1, 300);
    CHECK(seen.text.empty());
    CHECK_FALSE(seen.reset);
    CHECK_FALSE(seen.closed);
    CHECK(handled(fake) == count);
  }
}

TEST_CASE("answers in the place of the backend's") {
  FakeBackend fake("echo");
  fake.fault(R"({"act":"html"})");
  auto seen = talk(fake.port(), get("/x"));
  CHECK(seen.says("200 OK"));
  CHECK(seen.says("text/html"));
  CHECK(seen.body().starts_with("<!DOCTYPE html>"));

  fake.clear_faults();
  fake.fault(R"({"act":"status","status":429,"retry_after_date":60,"body":{"e":1}})");
  seen = talk(fake.port(), get("/x"));
  CHECK(seen.says("HTTP/1.1 429 "));
  CHECK(seen.says(" GMT\r\n"));
  CHECK(seen.body() == R"({"e":1})");
  fake.fault(R"({"act":"status","body_base64":"gP8="})");
  CHECK(talk(fake.port(), get("/x")).body() == "\x80\xFF");
  CHECK(handled(fake) == 0);

  fake.clear_faults();
  fake.fault(R"({"act":"huge","megabytes":3})");
  CHECK(talk(fake.port(), get("/x"), 4 << 20).text.size() > (3 << 20));
  CHECK(handled(fake) == 0);

  fake.clear_faults();
  fake.fault(R"({"act":"wrong_type"})");
  seen = talk(fake.port(), get("/x"));
  CHECK(seen.says("content-type: text/plain"));
  CHECK(parse_json(seen.body())["path"] == "/x");
}

TEST_CASE("redirects lead back, or to another host that tells what came with them") {
  FakeBackend fake("echo");
  fake.fault(R"({"act":"redirect_loop","path":"^/loop"})");
  for (int i = 0; i < 3; ++i) CHECK(talk(fake.port(), get("/loop?a=1")).says("location: /loop?a=1\r\n"));
  fake.fault(R"({"act":"redirect_other","path":"^/away"})");
  CHECK(talk(fake.port(), get("/away")).says("location: " + fake.other_url() + "/away\r\n"));

  fake.forget();
  const int other = std::stoi(fake.other_url().substr(fake.other_url().rfind(':') + 1));
  talk(other, post("/away", "stolen"));
  REQUIRE(fake.requests().size() == 1);
  CHECK(fake.requests()[0].listener == "other");
  CHECK(fake.requests()[0].header("x-key") == "k");
  CHECK(fake.requests("POST", "/away").empty());
}

TEST_CASE("an answer is changed by a patch, by name, by what nobody knows, by nulls") {
  FakeBackend fake("echo");
  const auto changed = [&](const char* how) {
    fake.clear_faults();
    Json fault = parse_json(how);
    fault["act"] = "replace";
    fake.fault(fault);
    return parse_json(talk(fake.port(), get("/x?a=b")).body());
  };
  CHECK(changed(R"({"patch":{"path":{"deep":[1]},"text":null}})")["path"]["deep"][0] == 1);
  CHECK_FALSE(changed(R"({"patch":{"text":null}})").contains("text"));
  CHECK(changed(R"({"members":{"a":"2026-01-15T12:00:00.123456789Z"}})")["query"]["a"] ==
        "2026-01-15T12:00:00.123456789Z");
  CHECK(changed(R"({"extra":true})")["query"].size() == 2);
  const auto nulls = changed(R"({"nullify":true})");
  CHECK(nulls["path"].is_null());
  CHECK(nulls["query"]["a"].is_null());
  CHECK(changed(R"({"twist":true})")["path"].is_object());
}

TEST_CASE("a delayed answer comes late and whole") {
  FakeBackend fake("echo");
  fake.fault(R"({"act":"delay","delay_ms":150})");
  const auto start = std::chrono::steady_clock::now();
  CHECK(talk(fake.port(), get("/x")).says("200 OK"));
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(150));
}

TEST_CASE("a fake that was restarted has neither state nor faults nor requests, and its port") {
  FakeBackend fake("echo", {{"status", 201}});
  fake.fault(R"({"act":"status","times":0,"status":500})");
  fake.command(R"({"status":202})");
  CHECK(talk(fake.port(), get("/x")).status() == "500");
  fake.restart();
  CHECK(fake.requests().empty());
  CHECK(talk(fake.port(), get("/x")).status() == "201");
  CHECK(handled(fake) == 1);
}

TEST_CASE("a mistake in a fake fails the test that looks at its record") {
  FakeBackend fake("echo");
  CHECK(talk(fake.port(), get("/crash")).says("HTTP/1.1 500 "));
  CHECK_THROWS_WITH(static_cast<void>(fake.requests()), doctest::Contains("asked to"));
}

TEST_CASE("what is no request is on record as such") {
  FakeBackend fake("echo");
  CHECK(talk(fake.port(), "nonsense\r\n\r\n").says("HTTP/1.1 400 "));
  REQUIRE(fake.requests().size() == 1);
  CHECK_FALSE(fake.requests()[0].malformed.empty());
}

TEST_CASE("nobody listens once a fake was stopped, and it leaves no process") {
  FakeBackend fake("echo");
  const auto pid = fake.pid();
  fake.stop();
  CHECK(dial(fake.port()) < 0);
  CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("a fake ends with the test that started it, however that ends") {
  std::array<int, 2> news{};
  REQUIRE(::pipe(news.data()) == 0);
  const pid_t test = ::fork();
  if (test == 0) {
    FakeBackend fake("echo");
    const int port = fake.port();
    if (::write(news[1], &port, sizeof port) < 0) ::_exit(1);
    for (;;) ::pause();
  }
  int port = 0;
  REQUIRE(::read(news[0], &port, sizeof port) == sizeof port);
  const int socket = dial(port);
  REQUIRE(socket >= 0);
  ::kill(test, SIGKILL);
  ::waitpid(test, nullptr, 0);
  // The kernel ends the connection when the fake has ended; this waits for that, and for nothing else.
  char byte = 0;
  CHECK(::recv(socket, &byte, 1, 0) <= 0);
  ::close(socket);
  ::close(news[0]);
  ::close(news[1]);
}
