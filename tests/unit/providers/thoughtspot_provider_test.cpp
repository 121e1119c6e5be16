#include "providers/thoughtspot/thoughtspot_provider.hpp"

#include <fstream>

#include "support/json.hpp"
#include "support/temporary_directory.hpp"
#include "thoughtspot_world.hpp"

using namespace matview;
using matview::test::thoughtspot::cookies_answer;
using matview::test::thoughtspot::json_answer;

namespace {

using Sent = std::vector<std::string>;

constexpr const char* k_guid = "0b1f0000-0000-4000-8000-000000000001";
constexpr const char* k_other = "0b1f0000-0000-4000-8000-000000000002";

RefreshRequest of(const char* name) { return {name, false, false, {}}; }

std::string header(const char* id, const char* name, const char* type = "AGGR_WORKSHEET") {
  return std::string(R"({"id":")") + id + R"(","name":")" + name + R"(","type":")" + type +
         R"(","authorName":"jane","created":1630000000000,"modified":1630000500000,"tags":[{"name":"finance"}]})";
}

HttpResponse listed(const std::string& headers, bool last = true) {
  return json_answer(200, R"({"headers":[)" + headers + R"(],"isLastBatch":)" + (last ? "true}" : "false}"));
}

/// A provider on a script, with a bearer token so that logins do not get into the way.
struct World {
  World() {
    auto opened = providers::thoughtspot::open(context);
    REQUIRE(opened);
    provider = *std::move(opened);
  }

  test::FakeEnvironment environment;
  test::thoughtspot::FakeSecrets secrets{{{"token", "bearer-1234"}}};
  test::thoughtspot::ScriptedTransport transport;
  test::thoughtspot::FakeJobLog log;
  ProviderContext context{"ts", {{"url", "https://ts.example.com"}}, environment, &secrets, &transport, &log};
  test::thoughtspot::Listener listener;
  Control& control = listener.control;
  std::unique_ptr<Provider> provider;
};

HttpResponse configuration(bool enabled) {
  return json_answer(200, std::string(R"({"materializationConfig":{"enabled":)") + (enabled ? "true" : "false") +
                              R"(,"refreshWindowStartTime":"08:00PM","materializationHours":8}})");
}

}  // namespace

TEST_CASE("a refresh is on record before it is sent and answers with a job that cannot be followed") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "Daily sales"))).on("refreshview", {204, {}, ""});
  const auto job = world.provider->refresh(of("Daily sales"), world.control);
  REQUIRE(job);
  CHECK(job->state == JobState::submitted);
  CHECK(job->view == "Daily sales");
  CHECK_FALSE(job->id.empty());
  CHECK_FALSE(job->reason.empty());
  CHECK(*job->native.at("guid").if_string() == k_guid);
  CHECK(world.log.states == std::vector<JobState>{JobState::unknown, JobState::submitted});
  CHECK(world.transport.sent() == Sent{"GET metadata/list", std::string("POST materialization/refreshview/") + k_guid});

  const auto known = world.provider->job(job->id, world.control);
  REQUIRE(known);
  CHECK(known->state == JobState::submitted);
  for (const char* name : {"Daily sales", k_guid}) {
    const auto past = world.provider->history({name, 5}, world.control);
    REQUIRE(past);
    REQUIRE(past->size() == 1);
    CHECK(past->front().id == job->id);
  }
  CHECK(world.provider->history({k_other, 5}, world.control)->empty());
  CHECK(world.provider->job("nobody", world.control).error().code == ErrorCode::not_found);
}

TEST_CASE("a refresh by GUID looks it up and takes nothing else for it") {
  World world;
  world.transport.on("fetchids", listed(header(k_other, "Else") + "," + header(k_guid, "Daily sales")))
      .on("refreshview", {204, {}, ""});
  const auto job = world.provider->refresh(of(k_guid), world.control);
  REQUIRE(job);
  CHECK(job->view == "Daily sales");
  CHECK(world.transport.requests.back().url.ends_with(k_guid));
}

TEST_CASE("several views of one name are an error that tells them apart") {
  World world;
  world.transport.on("metadata/list",
                     listed(header(k_guid, "Daily") + "," + header(k_other, "Daily", "SQL_VIEW") + "," +
                            header("t", "Daily", "WORKSHEET") + "," + header("n", "Daily sales")));
  const auto job = world.provider->refresh(of("Daily"), world.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().code == ErrorCode::usage);
  CHECK(job.error().message == "2 views are called 'Daily'");
  CHECK(job.error().detail == std::string(k_guid) + "  a view by jane, modified 2021-08-26T17:55:00Z\n" + k_other +
                                  "  an SQL view by jane, modified 2021-08-26T17:55:00Z");
  CHECK(world.transport.sent() == Sent{"GET metadata/list"});
  CHECK(world.log.kept.empty());
}

TEST_CASE("what is no view that can be refreshed is told before anything is sent") {
  World world;
  world.transport.on("metadata/list", {std::vector<Result<HttpResponse>>{listed(header(k_guid, "V", "SQL_VIEW")),
                                                                         listed(header(k_guid, "V", "WORKSHEET")),
                                                                         listed(header(k_guid, "v")), listed("")}});
  const auto refused = [&] { return world.provider->refresh(of("V"), world.control).error(); };
  CHECK(refused().code == ErrorCode::unsupported);
  const auto worksheet = refused();
  CHECK(worksheet.code == ErrorCode::not_found);
  CHECK(worksheet.message == "'V' is a worksheet and not a view");
  const auto near = refused();
  CHECK(near.code == ErrorCode::not_found);
  CHECK(near.hint == "did you mean 'v'? Case matters");
  CHECK(refused().hint.empty());
  for (const auto& line : world.transport.sent()) CHECK(line == "GET metadata/list");
}

TEST_CASE("nothing to do is a conflict, or a success where that is allowed") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("refreshview", json_answer(500, R"({"code":10000})"))
      .on("configinfo", configuration(true));
  const auto conflict = world.provider->refresh(of("V"), world.control);
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().code == ErrorCode::conflict);
  CHECK(conflict.error().hint.find("20:00-04:00") != std::string::npos);
  CHECK(world.log.kept.front().job.state == JobState::failed);

  RefreshRequest request = of("V");
  request.options["allow-not-stale"];
  const auto job = world.provider->refresh(request, world.control);
  REQUIRE(job);
  CHECK(job->state == JobState::succeeded);
  CHECK(job->mode == "no_data");
  CHECK(world.log.kept.front().job.state == JobState::succeeded);
}

TEST_CASE("a server without materialization is no success, whatever is allowed") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("refreshview", json_answer(500, R"({"code":10000})"))
      .on("configinfo", configuration(false));
  RefreshRequest request = of("V");
  request.options["allow-not-stale"];
  const auto job = world.provider->refresh(request, world.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().code == ErrorCode::conflict);
  CHECK(job.error().message.find("switched off") != std::string::npos);
}

TEST_CASE("nothing to do after a repeated request may mean that the first one did it") {
  World world;
  auto answer = json_answer(500, R"({"code":10000})");
  answer.perhaps_done_before = true;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("refreshview", answer)
      .on("configinfo", configuration(true));
  const auto job = world.provider->refresh(of("V"), world.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().unanswered);
  CHECK(job.error().message.find("the first attempt may have submitted it") != std::string::npos);
  CHECK(world.log.kept.front().job.state == JobState::unknown);
}

TEST_CASE("a lost answer leaves the job unknown and says what to do") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("refreshview", {Result<HttpResponse>(fail(test::thoughtspot::lost_answer()))});
  const auto job = world.provider->refresh(of("V"), world.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().unanswered);
  CHECK(job.error().hint.find("materialization panel") != std::string::npos);
  CHECK(world.log.kept.front().job.state == JobState::unknown);
  CHECK(world.transport.sent().size() == 2);
}

TEST_CASE("a list goes on to the end, and a server that repeats itself has an end too") {
  World world;
  world.transport.on("metadata/list", {std::vector<Result<HttpResponse>>{
                                          listed(header(k_guid, "b") + "," + header("w", "w", "WORKSHEET"), false),
                                          listed(header(k_other, "a") + "," + header("z", "b"), false),
                                          listed(header(k_other, "a"), false)}});
  const auto views = world.provider->list({}, world.control);
  REQUIRE(views);
  REQUIRE(views->size() == 3);
  CHECK((*views)[0].name == "a");
  CHECK((*views)[1].name == "b");
  CHECK((*views)[2].name == "b");
  CHECK((*views)[0].freshness == Freshness::unknown);
  CHECK((*views)[0].tags == std::vector<std::string>{"finance"});
  CHECK(*(*views)[0].native.at("author").if_string() == "jane");
  const auto offset = [&](std::size_t i) {
    const auto& url = world.transport.requests[i].url;
    return url.substr(url.find("offset="), url.find("&batchsize") - url.find("offset="));
  };
  CHECK(offset(0) == "offset=0");
  CHECK(offset(1) == "offset=2");
  CHECK(offset(2) == "offset=4");
  CHECK(world.transport.requests.size() == 4);
}

TEST_CASE("a server without metadata/list is asked the old way, once and for all") {
  World world;
  world.transport.on("metadata/listobjectheaders", json_answer(200, R"([{"id":"g1","name":"V"}])"))
      .on("metadata/list", {404, {{"Content-Type", "text/html"}}, "<html></html>"})
      .on("refreshview", {204, {}, ""});
  const auto views = world.provider->list({}, world.control);
  REQUIRE(views);
  REQUIRE(views->size() == 1);
  CHECK(*views->front().native.at("subtype").if_string() == "AGGR_WORKSHEET");
  REQUIRE(world.provider->refresh(of("V"), world.control));
  const auto sent = world.transport.sent();
  CHECK(std::count(sent.begin(), sent.end(), "GET metadata/list") == 1);
}

TEST_CASE("a version that knows no SQL views is asked without them") {
  World world;
  world.transport.on("SQL_VIEW", json_answer(400, R"({"code":10002})"))
      .on("metadata/list", listed(header(k_guid, "V")));
  const auto views = world.provider->list({}, world.control);
  REQUIRE(views);
  CHECK(views->size() == 1);
}

TEST_CASE("a description holds columns, sources, the last job and what the server materializes") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("refreshview", {204, {}, ""})
      .on("details", json_answer(200, std::string(R"({"storables":[{"header":{"id":")") + k_guid +
                                          R"("},"columns":[{"header":{"name":"Day"},"dataType":"DATE",
                                          "sources":[{"tableId":"t1"}]}]}]})"))
      .on("tml/export", json_answer(200, R"({"object":[{"edoc":"view:\n  name: V\n"}]})"))
      .on("configinfo", configuration(true));
  REQUIRE(world.provider->refresh(of("V"), world.control));
  const auto view = world.provider->describe({"V", true}, world.control);
  REQUIRE(view);
  CHECK(view->definition == "view:\n  name: V\n");
  CHECK(view->freshness == Freshness::unknown);
  REQUIRE(view->columns.size() == 1);
  CHECK(view->columns[0].type == "DATE");
  CHECK(view->sources[0].name == "t1");
  REQUIRE(view->last_job);
  CHECK(view->last_job->state == JobState::submitted);
  CHECK(*view->native.at("materialization_config").at("window").if_string() == "20:00-04:00");

  const auto status = world.provider->describe({"V"}, world.control);
  REQUIRE(status);
  CHECK(status->definition.empty());  // only `show` asks for it
}

TEST_CASE("a definition that cannot be exported does not keep the rest from being shown") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("details", {404, {}, ""})
      .on("tml/export", json_answer(403, R"({"code":10023})"))
      .on("configinfo", json_answer(403, R"({"code":10004})"));
  const auto view = world.provider->describe({"V", true}, world.control);
  REQUIRE(view);
  CHECK(view->native.at("materialization_config").is_null());
  REQUIRE(world.listener.warnings.size() == 1);
}

TEST_CASE("a list with details asks for each view and for the configuration once") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "a") + "," + header(k_other, "b")))
      .on("details", json_answer(200, R"({"storables":[]})"))
      .on("configinfo", configuration(true));
  ListRequest request;
  request.details = true;
  const auto views = world.provider->list(request, world.control);
  REQUIRE(views);
  const auto sent = world.transport.sent();
  CHECK(std::count(sent.begin(), sent.end(), "GET metadata/details") == 2);
  CHECK(std::count(sent.begin(), sent.end(), "GET admin/configinfo") == 1);
}

TEST_CASE("a dry run shows the login, the question and the refresh, and sends nothing") {
  World world;
  const auto plan = world.provider->plan_refresh(of("Daily sales"), world.control);
  REQUIRE(plan);
  CHECK(world.transport.requests.empty());
  CHECK(world.log.kept.empty());
  REQUIRE(plan->requests.size() == 2);
  CHECK(plan->requests[1].url.ends_with("materialization/refreshview/GUID"));
  CHECK(*plan->requests[1].headers.find("Authorization") == "Bearer " + secret_placeholder("TS_TOKEN"));
  CHECK(plan->reason.find("GUID") == 0);

  test::thoughtspot::FakeSecrets password(std::map<std::string, std::string>{{"password", "pw-1234"}});
  world.context.secrets = &password;
  world.context.settings["username"] = "jane";
  const auto with_password =
      providers::thoughtspot::open(world.context).value()->plan_refresh(of(k_guid), world.control);
  REQUIRE(with_password);
  std::vector<std::string> urls;
  for (const auto& request : with_password->requests) {
    urls.push_back(request.url.substr(request.url.rfind('/') + 1).substr(0, 36));
    CHECK(request.body.value_or("").find("pw-1234") == std::string::npos);
  }
  CHECK(urls.front() == "login");
  CHECK(urls.at(2) == k_guid);
  CHECK(urls.back() == "logout");
  CHECK(with_password->requests[0].body->find(secret_placeholder("TS_PASSWORD")) != std::string::npos);
  CHECK(with_password->requests[1].headers.find("Cookie")->find(secret_placeholder("TS_JSESSIONID")) !=
        std::string::npos);
}

namespace {

struct CreateWorld : World {
  CreateWorld() {
    request.name = "By day";
    request.query = "select 1";
    request.options["connection"] = {"Warehouse"};
  }

  std::string file(const std::string& content) {
    std::ofstream(directory.path() / "view.tml") << content;
    environment.in(directory.path());
    request.query.clear();
    request.options.erase("connection");
    request.options["tml"] = {"view.tml"};
    return content;
  }

  std::string body_of(std::string_view path) const {
    for (const auto& sent : transport.requests)
      if (sent.url.find(path) != std::string::npos) return sent.body.value_or("");
    return {};
  }

  test::TemporaryDirectory directory;
  CreateRequest request;
};

HttpResponse imported(const char* guid) {
  return json_answer(
      200, std::string(R"({"object":[{"response":{"status":{"status_code":"OK"},"header":{"id_guid":")") + guid +
               R"("}}}]})");
}

}  // namespace

TEST_CASE("create sends the TML of an SQL view and tells of the view as the server has it") {
  CreateWorld world;
  world.transport.on("pattern", listed(""))
      .on("fetchids", listed(header(k_guid, "By day", "SQL_VIEW")))
      .on("tml/import", imported(k_guid));
  const auto view = world.provider->create(world.request, world.control);
  REQUIRE(view);
  CHECK(view->name == "By day");
  CHECK(*view->native.at("guid").if_string() == k_guid);
  CHECK(world.body_of("tml/import").find("sql_view") != std::string::npos);
  CHECK(world.listener.warnings.empty());  // an SQL view is never materialized
}

TEST_CASE("create says of a view that it is not materialized by that, and where to do it") {
  CreateWorld world;
  world.file("view:\n  name: By day\n");
  world.transport.on("pattern", listed(""))
      .on("fetchids", listed(header(k_guid, "By day")))
      .on("tml/import", imported(k_guid));
  const auto view = world.provider->create(world.request, world.control);
  REQUIRE(view);
  CHECK(view->refresh_reason.find("Materialization") != std::string::npos);
  REQUIRE(world.listener.warnings.size() == 1);
}

TEST_CASE("a name that is taken is a conflict, or left as it is, or replaced by its guid") {
  CreateWorld world;
  world.file("view:\n  name: By day\n");
  world.transport.on("metadata/list", listed(header(k_guid, "By day"))).on("tml/import", imported(k_guid));
  const auto conflict = world.provider->create(world.request, world.control);
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().code == ErrorCode::conflict);
  world.request.if_not_exists = true;
  REQUIRE(world.provider->create(world.request, world.control));
  CHECK(world.body_of("tml/import").empty());
  world.request.if_not_exists = false;
  world.request.replace = true;
  REQUIRE(world.provider->create(world.request, world.control));
  CHECK(world.body_of("tml/import").find("guid%3A%20" + std::string(k_guid) + "%5Cnview%3A") != std::string::npos);
}

TEST_CASE("an exported file does not change the object that it came from") {
  CreateWorld world;
  world.file(std::string("guid: ") + k_other + "\nview:\n  name: By day\n");
  world.transport.on("pattern", listed("")).on("fetchids", listed(header(k_other, "Original")));
  const auto refused = world.provider->create(world.request, world.control);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::conflict);
  CHECK(refused.error().message == "the guid in the TML is that of 'Original'");
}

TEST_CASE("a definition that cannot be sent is refused before anything is") {
  CreateWorld world;
  const auto refused = [&] {
    const auto view = world.provider->create(world.request, world.control);
    REQUIRE_FALSE(view);
    CHECK(world.transport.requests.empty());
    CHECK_FALSE(view.error().hint.empty());
    return view.error().code;
  };
  world.request.options.erase("connection");
  CHECK(refused() == ErrorCode::usage);
  world.request.query.clear();
  CHECK(refused() == ErrorCode::usage);
  world.file("view:\n  name: Another\n");
  CHECK(refused() == ErrorCode::usage);
  world.file("view:\n  name: By day\n");
  world.request.options["columns"] = {"a"};
  CHECK(refused() == ErrorCode::usage);
  world.request.options.erase("columns");
  world.request.query = "select 1";
  CHECK(refused() == ErrorCode::usage);
  world.request.query.clear();
  world.request.options["remote"];
  CHECK(refused() == ErrorCode::usage);
  world.request.options.erase("remote");
  world.request.with_data = true;
  CHECK(refused() == ErrorCode::unsupported);
  world.request.with_data = false;
  world.request.tags = {"t"};
  CHECK(refused() == ErrorCode::usage);
}

TEST_CASE("an import whose answer was lost is looked for and never sent twice") {
  CreateWorld world;
  world.transport
      .on("pattern",
          std::vector<Result<HttpResponse>>{listed(""), listed(header(k_guid, "By day", "SQL_VIEW")), listed("")})
      .on("tml/import", {Result<HttpResponse>(fail(test::thoughtspot::lost_answer()))});
  const auto view = world.provider->create(world.request, world.control);
  REQUIRE(view);
  CHECK(*view->native.at("guid").if_string() == k_guid);
  const auto lost = world.provider->create(world.request, world.control);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().unanswered);
  const auto sent = world.transport.sent();
  CHECK(std::count(sent.begin(), sent.end(), "POST metadata/tml/import") == 2);
}

TEST_CASE("a dry run with --remote has the server validate and makes nothing") {
  CreateWorld world;
  world.transport.on("metadata/list", listed(""))
      .on("tml/import",
          std::vector<Result<HttpResponse>>{imported(k_guid),
                                            json_answer(200, R"({"object":[{"response":{"status":{"status_code":"ERROR",
                              "error_code":14502,"error_message":"no such table"}}}]})")});
  world.request.options["remote"];
  const auto plan = world.provider->plan_create(world.request, world.control);
  REQUIRE(plan);
  CHECK(plan->reason == "ThoughtSpot finds the definition valid");
  CHECK(world.body_of("tml/import").find("VALIDATE_ONLY") != std::string::npos);
  bool shown = false;
  for (const auto& request : plan->requests)
    shown = shown || request.body.value_or("").find("import_policy=ALL_OR_NONE") != std::string::npos;
  CHECK(shown);
  const auto invalid = world.provider->plan_create(world.request, world.control);
  REQUIRE_FALSE(invalid);
  CHECK(invalid.error().message.find("no such table") == 0);
  for (const auto& request : world.transport.requests)
    CHECK(request.body.value_or("").find("ALL_OR_NONE") == std::string::npos);
}

TEST_CASE("a server without version 1 of a call is asked by version 2") {
  CreateWorld world;
  world.transport.on("pattern", listed(""))
      .on("fetchids", listed(header(k_guid, "By day", "SQL_VIEW")))
      .on("2.0/metadata/tml/import", json_answer(200, std::string(R"([{"response":{"status":{"status_code":"OK"},
        "header":{"id_guid":")") + k_guid + R"("}}}])"))
      .on("tml/import", {404, {}, ""});
  REQUIRE(world.provider->create(world.request, world.control));
}

TEST_CASE("drop tells what reads the view and does not drop it, unless forced") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("dependency/logicaltable",
          json_answer(200, std::string(R"({")") + k_guid + R"(":{"PINBOARD_ANSWER_BOOK":[{"id":"p1","name":"Board",
            "authorName":"jim"}]}})"))
      .on("metadata/delete", {204, {}, ""});
  DropRequest request{"V"};
  const auto refused = world.provider->drop(request, world.control);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::conflict);
  CHECK(refused.error().message == "one object reads from it");
  CHECK(refused.error().detail == "p1  liveboard 'Board' by jim");
  request.options["force"];
  REQUIRE(world.provider->drop(request, world.control));
  CHECK(world.transport.sent().back() == "POST metadata/delete");
}

TEST_CASE("drop goes by version 2 where version 1 cannot delete, and says so where neither can") {
  World world;
  world.transport.on("metadata/list", listed(header(k_guid, "V")))
      .on("dependency/logicaltable", {404, {}, ""})
      .on("dependency/listdependents", json_answer(200, "{}"))
      .on("2.0/metadata/delete",
          std::vector<Result<HttpResponse>>{HttpResponse{204, {}, ""}, HttpResponse{404, {}, ""}})
      .on("metadata/delete", {404, {}, ""});
  REQUIRE(world.provider->drop({"V"}, world.control));
  CHECK(world.transport.sent().back() == "POST v2:metadata/delete");
  const auto old = world.provider->drop({"V"}, world.control);
  REQUIRE_FALSE(old);
  CHECK(old.error().code == ErrorCode::unsupported);
}

TEST_CASE("drop of a view that is not there is an error unless it may be absent") {
  World world;
  world.transport.on("metadata/list", listed(""));
  DropRequest request{"V"};
  CHECK(world.provider->drop(request, world.control).error().code == ErrorCode::not_found);
  request.if_exists = true;
  CHECK(world.provider->drop(request, world.control));
}

namespace {

std::map<std::string, Check> examine(World& world) {
  const auto checks = world.provider->doctor(world.control);
  REQUIRE(checks);
  std::map<std::string, Check> named;
  for (const auto& check : *checks) named.emplace(check.name, check);
  return named;
}

}  // namespace

TEST_CASE("doctor finds a good server good") {
  World world;
  HttpResponse unauthorized = json_answer(401, "");
  unauthorized.headers.add("Date", "Thu, 15 Jan 2026 12:00:10 GMT");
  world.transport
      .on("session/info",
          std::vector<Result<HttpResponse>>{
              unauthorized, json_answer(200, R"({"userName":"jane","privileges":["ADMINISTRATION"],"authToken":"t"})")})
      .on("2.0/system", json_answer(200, R"({"release_version":"10.1.0.sw","type":"Software"})"))
      .on("configinfo", configuration(true));
  const auto checks = examine(world);
  for (const auto& [name, check] : checks) {
    CAPTURE(name);
    CHECK(check.outcome == Check::Outcome::ok);
  }
  CHECK(checks.at("login").message == "jane, with a token");
  CHECK(checks.at("version").message == "10.1.0.sw, Software");
  CHECK(checks.at("materialization").message ==
        "is switched on; the window of scheduled refreshes is 20:00-04:00 in the server's time");
  CHECK(checks.at("clock").message == "agrees with the server's");
  CHECK(world.transport.requests.front().headers.find("Authorization") == nullptr);
}

TEST_CASE("doctor says what is wrong, and goes no further than it makes sense") {
  SUBCASE("the address") {
    World world;
    world.transport.on("session/info", {404, {{"Content-Type", "text/html"}}, "<html>no</html>"});
    const auto checks = examine(world);
    CHECK(checks.size() == 1);
    CHECK(checks.at("address").outcome == Check::Outcome::failed);
  }
  SUBCASE("maintenance") {
    World world;
    world.transport.on("session/info", {200, {{"Content-Type", "text/html"}}, "<html>Site Maintenance</html>"});
    CHECK(examine(world).at("address").message.find("maintenance") != std::string::npos);
  }
  SUBCASE("no connection") {
    World world;
    world.transport.on("session/info", {Result<HttpResponse>(fail(ErrorCode::unavailable, "connection refused"))});
    CHECK(examine(world).at("address").message == "connection refused");
  }
  SUBCASE("a refused token") {
    World world;
    world.transport.on("session/info", json_answer(401, ""));
    const auto checks = examine(world);
    CHECK(checks.at("login").outcome == Check::Outcome::failed);
    CHECK(checks.at("login").hint.find("TS_TOKEN") != std::string::npos);
    CHECK_FALSE(checks.contains("materialization"));
  }
  SUBCASE("everything at once that is no failure, and materialization switched off") {
    World world;
    HttpResponse unauthorized = json_answer(401, "");
    unauthorized.headers.add("Date", "Thu, 15 Jan 2026 11:30:00 GMT");
    world.transport
        .on("session/info",
            std::vector<Result<HttpResponse>>{unauthorized, json_answer(200, R"({"privileges":["DATAMANAGEMENT"]})")})
        .on("2.0/system", {404, {}, ""})
        .on("configinfo", configuration(false));
    const auto checks = examine(world);
    CHECK(checks.at("clock").outcome == Check::Outcome::warning);
    CHECK(checks.at("clock").message.find("behind") != std::string::npos);
    CHECK(checks.at("privileges").outcome == Check::Outcome::warning);
    CHECK(checks.at("version").message.find("older than 9.0.1") == 0);
    CHECK(checks.at("materialization").outcome == Check::Outcome::failed);
  }
}

TEST_CASE("ThoughtSpot's jobs can be looked up but neither waited for nor cancelled") {
  const auto& info = providers::thoughtspot::info();
  CHECK(info.asynchronous);
  CHECK(info.operations.contains(Operation::job));
  CHECK(info.operations.contains(Operation::history));
  CHECK_FALSE(info.operations.contains(Operation::wait));
  CHECK_FALSE(info.operations.contains(Operation::cancel));
}
