#include <csignal>

#include "providers/thoughtspot/session.hpp"
#include "thoughtspot_world.hpp"

using namespace matview;
using namespace matview::providers::thoughtspot;
using matview::test::thoughtspot::cookies_answer;
using matview::test::thoughtspot::json_answer;

namespace {

using Sent = std::vector<std::string>;

struct World {
  World(std::string key, std::string secret, std::map<std::string, std::string> more = {})
      : secrets(std::map<std::string, std::string>{{std::move(key), std::move(secret)}}) {
    context.settings = std::move(more);
    context.settings.emplace("url", "https://ts.example.com");
    context.settings.emplace("username", "jane");
    auto read = read_settings(context);
    REQUIRE(read);
    settings = *std::move(read);
  }

  HttpRequest probe() const { return v1_get(settings.address, "metadata/list", {}, "look"); }

  test::FakeEnvironment environment;
  test::thoughtspot::FakeSecrets secrets;
  test::thoughtspot::ScriptedTransport transport;
  ProviderContext context{"ts", {}, environment, &secrets, &transport, nullptr};
  Settings settings;
  test::thoughtspot::Listener listener;
};

std::string cookie_of(const HttpRequest& request) {
  const auto* field = request.headers.find("Cookie");
  return field == nullptr ? std::string() : *field;
}

}  // namespace

TEST_CASE("with a password a session is opened once, used, and closed") {
  World world("password", "pw-1234");
  world.transport.on("login", cookies_answer()).on("list", json_answer(200, "{}")).on("logout", {204, {}, ""});
  {
    Session session(world.context, world.settings);
    CHECK(world.transport.requests.empty());  // nothing before it is needed
    REQUIRE(session.send(world.probe(), world.listener.control));
    REQUIRE(session.send(world.probe(), world.listener.control));
  }
  CHECK(world.transport.sent() ==
        Sent{"POST session/login", "GET metadata/list", "GET metadata/list", "POST session/logout"});
  CHECK(cookie_of(world.transport.requests[0]).empty());
  for (const int i : {1, 2, 3})
    CHECK(cookie_of(world.transport.requests[i]) == "JSESSIONID=session-one; clientId=client-one");
  CHECK(world.secrets.protected_values == std::vector<std::string>{"session-one", "client-one"});
}

TEST_CASE("with a secret key a token is fetched and logged in with, and both are protected") {
  World world("secret_key", "key-1234", {{"org", "7"}});
  world.transport.on("auth/token", {200, {}, "token-1234\n"})
      .on("login/token", cookies_answer())
      .on("list", json_answer(200, "{}"))
      .on("logout", {204, {}, ""});
  {
    Session session(world.context, world.settings);
    REQUIRE(session.send(world.probe(), world.listener.control));
  }
  CHECK(world.transport.sent() ==
        Sent{"POST session/auth/token", "POST session/login/token", "GET metadata/list", "POST session/logout"});
  CHECK(world.transport.requests[0].body->find("orgid=7") != std::string::npos);
  CHECK(world.secrets.protected_values.front() == "token-1234");
}

TEST_CASE("a bearer token is used as it is, and there is nothing to log in or out of") {
  World world("token", "bearer-1234");
  world.transport.on("list", {std::vector<Result<HttpResponse>>{json_answer(200, "{}"), json_answer(401, "")}});
  {
    Session session(world.context, world.settings);
    REQUIRE(session.send(world.probe(), world.listener.control));
    CHECK(session.send(world.probe(), world.listener.control)->status == 401);
  }
  CHECK(world.transport.sent() == Sent{"GET metadata/list", "GET metadata/list"});
  CHECK(*world.transport.requests[0].headers.find("Authorization") == "Bearer bearer-1234");
}

TEST_CASE("the way in is what the profile says, else bearer before trusted before password") {
  Settings settings;
  settings.username = "jane";
  const auto choice = [&](std::map<std::string, std::string> secrets) {
    const test::thoughtspot::FakeSecrets fake(std::move(secrets));
    return choose_login(settings, &fake, "ts");
  };
  CHECK(*choice({{"token", "t"}, {"secret_key", "k"}, {"password", "p"}}) == Login::bearer);
  CHECK(*choice({{"secret_key", "k"}, {"password", "p"}}) == Login::trusted);
  CHECK(*choice({{"password", "p"}}) == Login::session);
  const auto none = choice({});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::auth);
  CHECK(none.error().hint.find("TS_PASSWORD") != std::string::npos);
  settings.login = Login::session;
  CHECK(*choice({{"token", "t"}, {"password", "p"}}) == Login::session);
  settings.username = "";
  CHECK(choice({{"password", "p"}}).error().hint.find("TS_USERNAME") != std::string::npos);
}

TEST_CASE("a session that expires is renewed once and the request sent again") {
  World world("password", "pw");
  world.transport.on("login", std::vector<Result<HttpResponse>>{cookies_answer(204, "one"), cookies_answer(204, "two")})
      .on("list",
          std::vector<Result<HttpResponse>>{json_answer(200, "{}"), json_answer(401, ""), json_answer(200, "{}")})
      .on("logout", {204, {}, ""});
  {
    Session session(world.context, world.settings);
    CHECK(session.send(world.probe(), world.listener.control)->status == 200);
    CHECK(session.send(world.probe(), world.listener.control)->status == 200);
  }
  CHECK(world.transport.sent() == Sent{"POST session/login", "GET metadata/list", "GET metadata/list",
                                       "POST session/login", "GET metadata/list", "POST session/logout"});
  CHECK(cookie_of(world.transport.requests[4]) == "JSESSIONID=two; clientId=client-one");
  CHECK(cookie_of(world.transport.requests[5]) == "JSESSIONID=two; clientId=client-one");
}

TEST_CASE("a session that never worked is not opened again and again") {
  World world("password", "pw");
  world.transport.on("login", cookies_answer()).on("list", json_answer(401, "")).on("logout", {204, {}, ""});
  {
    Session session(world.context, world.settings);
    CHECK(session.send(world.probe(), world.listener.control)->status == 401);
    CHECK(session.send(world.probe(), world.listener.control)->status == 401);
  }
  CHECK(world.transport.sent() ==
        Sent{"POST session/login", "GET metadata/list", "GET metadata/list", "POST session/logout"});
}

TEST_CASE("a refused login is not tried again, so that no account is locked") {
  World world("password", "wrong");
  world.transport.on("login", json_answer(401, R"({"code":10003})"));
  {
    Session session(world.context, world.settings);
    for (int i = 0; i < 3; ++i) {
      const auto answer = session.send(world.probe(), world.listener.control);
      REQUIRE_FALSE(answer);
      CHECK(answer.error().code == ErrorCode::auth);
      CHECK(answer.error().message.find("cannot log in as 'jane'") == 0);
      CHECK(answer.error().hint.find("TS_PASSWORD") != std::string::npos);
    }
  }
  CHECK(world.transport.sent() == Sent{"POST session/login"});
}

TEST_CASE("the org is chosen before the first request, and one that is refused ends the session") {
  World world("password", "pw", {{"org", "12"}});
  world.transport.on("login", cookies_answer())
      .on("orgs", std::vector<Result<HttpResponse>>{json_answer(403, R"({"code":10004})"), HttpResponse{204, {}, ""}})
      .on("list", json_answer(200, "{}"))
      .on("logout", {204, {}, ""});
  Session session(world.context, world.settings);
  const auto refused = session.send(world.probe(), world.listener.control);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("cannot work in org 12") == 0);
  CHECK(world.transport.sent() == Sent{"POST session/login", "PUT session/orgs", "POST session/logout"});
}

TEST_CASE("the session is closed after a stop signal too, under a control of its own") {
  World world("password", "pw");
  world.transport.on("login", cookies_answer())
      .on("list", {Result<HttpResponse>(fail(ErrorCode::interrupted, "interrupted"))})
      .on("logout", {204, {}, ""});
  {
    Session session(world.context, world.settings);
    world.listener.stop = SIGINT;
    CHECK_FALSE(session.send(world.probe(), world.listener.control));
  }
  REQUIRE(world.transport.sent().back() == "POST session/logout");
  CHECK(world.transport.stops.back() == 0);
}

TEST_CASE("settings that cannot be are refused before anything is sent") {
  test::FakeEnvironment environment;
  const auto read = [&](std::map<std::string, std::string> settings) {
    return read_settings({"ts", std::move(settings), environment});
  };
  CHECK(read({{"url", "https://ts.example.com/callosum/v1"}}));
  const std::vector<std::pair<std::string, std::string>> bad{
      {"url", "http://ts.example.com"}, {"url", "https://ts.example.com?x=1"}, {"auth", "basic"}, {"org", "sales"}};
  for (const auto& [key, value] : bad) {
    std::map<std::string, std::string> settings{{"url", "https://ts.example.com"}};
    settings[key] = value;
    const auto refused = read(settings);
    CAPTURE(key);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::usage);
    CHECK_FALSE(refused.error().hint.empty());
  }
  CHECK_FALSE(read({}));
}
