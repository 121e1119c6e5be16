#include "app/change.hpp"

#include <doctest/doctest.h>

#include "app/apply.hpp"
#include "app/diff.hpp"
#include "app/saved_plan.hpp"
#include "support/temporary_directory.hpp"

using namespace matview;
using namespace matview::app;

namespace {

using Texts = std::vector<std::string>;

CreateRequest request(std::string query, OptionValues options = {}, Texts tags = {}) {
  CreateRequest made;
  made.name = "v";
  made.query = std::move(query);
  made.options = std::move(options);
  made.tags = std::move(tags);
  return made;
}

Texts keys(const CreateRequest& before, const CreateRequest& after) {
  Texts found;
  for (const auto& field : compare(before, after)) found.push_back(field.key);
  return found;
}

Change change(std::string view, std::string query, Texts depends_on = {}) {
  Change made;
  made.action = Action::create;
  made.profile = "p";
  made.view = std::move(view);
  made.request.query = std::move(query);
  made.depends_on = std::move(depends_on);
  return made;
}

Texts ordered(std::vector<Change> changes) {
  order_by_definition(changes);
  Texts names;
  for (const auto& one : changes) names.push_back(one.view);
  return names;
}

}  // namespace

TEST_CASE("requests are compared key by key; space around a query and the order of tags are nothing") {
  CHECK(keys(request("a\n"), request("  a")).empty());
  CHECK(keys(request("a", {}, {"x", "y"}), request("a", {}, {"y", "x"})).empty());
  CHECK(keys(request("a b"), request("a  b")) == Texts{"query"});
  CHECK(keys(request("a", {{"retain-for", {"1h"}}, {"flag", {}}}), request("b", {{"retain-for", {"2h"}}}, {"t"})) ==
        Texts{"query", "tags", "flag", "retain_for"});
  const auto fields = compare(request("a"), request("a", {{"flag", {}}}));
  REQUIRE(fields.size() == 1);
  CHECK(fields.front().before.empty());
  CHECK(fields.front().after == Texts{"true"});
}

TEST_CASE("equal requests have one text, others another") {
  CHECK(canonical_text(request("a", {{"x", {"1"}}})) == canonical_text(request("a", {{"x", {"1"}}})));
  CHECK(canonical_text(request("a", {{"x", {"1"}}})) != canonical_text(request("a", {{"x", {"1", ""}}})));
  CHECK(canonical_text(request("a")) != canonical_text(request("a ")));
}

TEST_CASE("a query mentions a name where it stands as a word, in whatever case") {
  CHECK(mentions("SELECT * FROM Daily", "daily"));
  CHECK(mentions("FROM \"a b\" x", "a b"));
  CHECK(mentions("daily", "daily"));
  CHECK_FALSE(mentions("FROM daily_2", "daily"));
  CHECK_FALSE(mentions("FROM mydaily", "daily"));
  CHECK(mentions("FROM mydaily, daily", "daily"));
  CHECK_FALSE(mentions("SELECT 1", ""));
}

TEST_CASE("upstream goes first, told or mentioned; a circle has some order") {
  CHECK(ordered({change("a", "FROM b"), change("b", "FROM c"), change("c", "x")}) == Texts{"c", "b", "a"});
  CHECK(ordered({change("a", "x", {"p:b"}), change("b", "x")}) == Texts{"b", "a"});
  CHECK(ordered({change("a", "x", {"q:b"}), change("b", "x")}) == Texts{"a", "b"});
  CHECK(ordered({change("a", "FROM b"), change("b", "FROM a")}).size() == 2);
}

TEST_CASE("what drops rows needs a glob that names it") {
  auto drop = change("tmp", "");
  drop.action = Action::drop;
  auto again = change("kept", "");
  again.action = Action::recreate;
  const std::vector<Change> changes{change("new", ""), drop, again};
  CHECK(drops_to_allow(changes, {}).size() == 2);
  CHECK(drops_to_allow(changes, {"t*"}).size() == 1);
  CHECK(drops_to_allow(changes, {"q:*"}).size() == 2);
  CHECK(drops_to_allow(changes, {"p:*"}).empty());
}

TEST_CASE("a plan reads back as it was written, and holds no query") {
  const test::TemporaryDirectory directory;
  auto one = change("v", "SELECT secret");
  one.wanted_print = "w";
  one.told_print = "t";
  const auto path = directory.path() / "plan.json";
  const auto plan = make_plan("/x/v.toml", {{"v*"}, true}, {one}, Time(Duration(1'700'000'000'000'000)));
  REQUIRE(write_plan(path, plan));
  const auto read = read_plan(path);
  REQUIRE(read);
  CHECK(read->file == "/x/v.toml");
  CHECK(read->options.selectors == Texts{"v*"});
  CHECK(read->options.prune);
  CHECK(read->created_at == plan.created_at);
  CHECK(require_unchanged(*read, {one}));
  CHECK(test::read_file(path).find("secret") == std::string::npos);
  auto other = one;
  other.told_print = "u";
  CHECK(require_unchanged(*read, {other}).error().code == ErrorCode::conflict);
  CHECK(require_unchanged(*read, {}).error().code == ErrorCode::conflict);
  CHECK(require_unchanged(*read, {one, change("w", "")}).error().code == ErrorCode::conflict);
}
