// Names that have to be encoded are the same view at the backend and here.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "faults/remote_run.hpp"
#include "support/raw_client.hpp"

using namespace matview::test;

namespace {

const std::vector<std::string> k_names = {
    "with space", "a$b",     "a/b",  "..",    "50% off", "%2F",   "it's", "say \"x\"",   "Größe",           "日本語",
    "q?x=1&y",    "#anchor", "a+b",  "a;b,c", "[x]",     "x*",    "p:q",  "back\\slash", "{curly}",         "-dash",
    "a  b",       "<tag>",   "a|b^", "$$",    "`tick`",  "~home", "null", "true",        "\xF0\x9F\x98\x80"};

RemoteSubject subject_of(const std::string& backend) {
  for (const auto& subject : remote_subjects())
    if (subject.name == backend) return subject;
  throw std::runtime_error("no such subject");
}

Outcome run_on(const Sandbox& box, const RemoteSubject& subject, const FakeBackend& fake,
               std::vector<std::string> arguments) {
  auto outcome = run(remote_command(box, subject, fake, arguments));
  CHECK_MESSAGE(outcome.exit_code == 0, Json(arguments).dump(), "\n", outcome.err);
  return outcome;
}

/// The names that a list tells, as JSON has them.
std::vector<std::string> listed(const Sandbox& box, const RemoteSubject& subject, const FakeBackend& fake) {
  std::vector<std::string> names;
  const auto document = parse_json(run_on(box, subject, fake, {"list", "-o", "json"}).out);
  for (const auto& view : document["views"]) names.push_back(view["name"].get<std::string>());
  return names;
}

/// Shows, refreshes and drops the view of that name, told by its profile so that a colon is its own.
void use(const Sandbox& box, const RemoteSubject& subject, const FakeBackend& fake, const std::string& name) {
  CAPTURE(name);
  const auto shown = parse_json(run_on(box, subject, fake, {"show", "-o", "json", "--", "p:" + name}).out);
  CHECK(shown["views"][0]["name"] == name);
  const auto job = parse_json(run_on(box, subject, fake, {"refresh", "-o", "json", "--", "p:" + name}).out);
  CHECK(job["jobs"][0]["view"] == name);
  const auto history = parse_json(run_on(box, subject, fake, {"history", "-o", "json", "--", "p:" + name}).out);
  CHECK(history["jobs"][0]["id"] == job["jobs"][0]["id"]);
  run_on(box, subject, fake, {"drop", "--yes", "--", "p:" + name});
}

}  // namespace

TEST_CASE("thoughtspot: a view of any name is listed, shown, refreshed and dropped, and no other") {
  auto subject = subject_of("thoughtspot");
  subject.options["views"] = Json::array();
  for (const auto& name : k_names) subject.options["views"].push_back({{"name", name}, {"state", "stale"}});
  FakeBackend fake("thoughtspot", subject.options);
  const Sandbox box;
  auto names = k_names;
  std::sort(names.begin(), names.end());
  CHECK(listed(box, subject, fake) == names);
  for (const auto& name : k_names) use(box, subject, fake, name);
  CHECK(listed(box, subject, fake).empty());
}

TEST_CASE("lance: a view of any name is one segment of a path") {
  const auto subject = subject_of("lance");
  FakeBackend fake("lance", subject.options);
  const Sandbox box;
  // `$` separates the parts of a name; another delimiter makes it a character like others.
  auto named = subject;
  named.environment["MATVIEW_PROFILES_P_DELIMITER"] = "|";
  named.environment.erase("MATVIEW_PROFILES_P_NAMESPACE");
  const auto encoded = [](const std::string& name) {
    std::string text;
    const auto* digits = "0123456789ABCDEF";
    for (const auto c : name) {
      const auto byte = static_cast<unsigned char>(c);
      text += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return text;
  };
  std::vector<std::string> names;
  for (const auto& name : k_names)
    if (name.find('|') == std::string::npos) names.push_back(name);
  for (const auto& name : names) {
    const auto path = "/v1/materialized_view/" + encoded(name) + "/create?delimiter=%7C";
    auto fields = subject.headers;
    fields.push_back("Content-Type: application/json");
    const Json body = {{"kind", "query"}, {"source_query", "{}"}, {"output_schema", k_some_schema}};
    REQUIRE(talk(fake.port(), raw_request("POST", path, fields, body.dump())).status() == "201");
  }
  auto sorted = names;
  std::sort(sorted.begin(), sorted.end());
  CHECK(listed(box, named, fake) == sorted);
  for (const auto& name : names) use(box, named, fake, name);
  CHECK(listed(box, named, fake).empty());
}

TEST_CASE("dune: an owner of any name is part of one segment of a path") {
  for (const std::string owner : {"21co", "a b", "ö/ä", "50%", "it's", "a?b#c", "a.b"}) {
    CAPTURE(owner);
    auto subject = subject_of("dune");
    subject.options["owner"] = owner;
    FakeBackend fake("dune", subject.options);
    fake.command(R"({"seed":{"views":[{"name":"result_daily","executions":[]}]}})");
    const Sandbox box;
    const auto shown = parse_json(run_on(box, subject, fake, {"show", "-o", "json", "result_daily"}).out);
    CHECK(shown["views"][0]["native"]["full_name"] == "dune." + owner + ".result_daily");
    run_on(box, subject, fake, {"refresh", "result_daily"});
    run_on(box, subject, fake, {"drop", "--yes", "result_daily"});
  }
}
