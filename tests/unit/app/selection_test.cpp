#include "app/selection.hpp"

#include <doctest/doctest.h>

#include "app/refresh.hpp"
#include "app/unsettled.hpp"
#include "scripted_provider.hpp"
#include "support/file.hpp"

using namespace matview;
using namespace matview::test;

namespace {

using Names = std::vector<std::string>;

View view(std::string name, std::vector<std::string> upstream = {}) {
  View result;
  result.name = std::move(name);
  result.depends_on = std::move(upstream);
  return result;
}

Result<Names> names(ScriptedWorld& world, const app::Selector& selector, app::SelectionNeeds needs = {}) {
  MATVIEW_ASSIGN(const auto selected, app::select(world.workspace(), selector, needs, world.control));
  Names result;
  for (const auto& one : selected) result.push_back(one.view.name);
  return result;
}

}  // namespace

TEST_CASE(
    "--due and --auto take what the provider says is due, and what is suspended is left out of them and --stale") {
  ScriptedWorld world;
  auto due = view("due");
  due.due = true;
  auto automatic = view("automatic");
  automatic.auto_due = true;
  auto stale = view("stale");
  stale.freshness = Freshness::stale;
  auto suspended = view("suspended");
  suspended.due = suspended.auto_due = true;
  suspended.freshness = Freshness::stale;
  suspended.suspended = true;
  world.script().views = {automatic, due, stale, suspended};
  app::Selector selector;
  selector.due = true;
  CHECK(*names(world, selector) == Names{"due"});
  selector.due = false;
  selector.auto_due = true;
  CHECK(*names(world, selector) == Names{"automatic"});
  selector.auto_due = false;
  selector.stale = true;
  CHECK(*names(world, selector) == Names{"stale"});
  CHECK(selector.unattended());
  // One that was named is a person's choice.
  app::Selector named;
  named.terms = {"suspended", "due"};
  named.terms_given = true;
  CHECK(*names(world, named) == Names{"due", "suspended"});
  CHECK(!named.unattended());
}

TEST_CASE("what reads from a stale view comes along where that is wanted, however indirectly") {
  ScriptedWorld world;
  auto stale = view("a");
  stale.freshness = Freshness::stale;
  world.script().views = {stale, view("b", {"a"}), view("c", {"b"}), view("d")};
  for (auto& one : world.script().views)
    if (one.name != "a") one.freshness = Freshness::fresh;
  app::Selector selector;
  selector.stale = true;
  CHECK(*names(world, selector) == Names{"a"});
  app::SelectionNeeds needs;
  needs.readers_of_stale = true;
  CHECK(*names(world, selector, needs) == Names{"a", "b", "c"});
}

TEST_CASE("+x+ takes what x reads and what reads x, and not the other readers of what x reads") {
  ScriptedWorld world;
  world.script().views = {view("a"), view("other", {"a"}), view("x", {"a"}), view("y", {"x"})};
  app::Selector selector;
  selector.terms_given = true;
  selector.terms = {"+x+"};
  CHECK(*names(world, selector) == Names{"a", "x", "y"});
  selector.terms = {"+y", "other"};
  CHECK(*names(world, selector) == Names{"a", "other", "x", "y"});
}

TEST_CASE("--failed means exactly the views that a file of results leaves, if there is one") {
  ScriptedWorld world;
  auto failed = view("failed");
  failed.state = ViewState::error;
  world.script().views = {failed, view("left"), view("other")};
  app::Selector selector;
  selector.failed = true;
  CHECK(*names(world, selector) == Names{"failed"});
  selector.unsettled = std::set<app::ViewKey>{{"r", "left"}};
  CHECK(*names(world, selector) == Names{"left"});
  selector.unsettled->clear();
  CHECK(names(world, selector)->empty());
}

TEST_CASE("what a run leaves is kept for each view until it is settled, of whatever run") {
  TemporaryDirectory directory;
  const app::RunBook book(directory.path() / "state" / "runs.json");
  const auto now = FakeEnvironment().now();
  const auto entry = [&](const char* name, const char* state) {
    return app::Unsettled{{"p", name}, "p", state, "a reason", now, "run-1"};
  };
  book.write({entry("none", "")});
  CHECK(!std::filesystem::exists(directory.path() / "state"));
  book.write({entry("a", "failed"), entry("b", "skipped"), entry("c", "pending")});
  CHECK(book.read().size() == 3);
  book.write({entry("b", "")});
  const auto left = book.read();
  REQUIRE(left.size() == 2);
  CHECK(left[0].view.second == "a");
  CHECK(left[0].reason == "a reason");
  CHECK(left[1].state == "pending");

  const app::UnsettledViews views(left);
  CHECK(views.has("p", view("a")));
  CHECK(!views.has("q", view("a")));
  CHECK(!views.has("p", view("b")));
  auto refreshed = view("a");
  refreshed.refreshed_at = now + std::chrono::seconds(1);
  CHECK(!views.has("p", refreshed));
}

TEST_CASE("rubbish in the place of what was kept is nothing, and is replaced") {
  TemporaryDirectory directory;
  const auto file = directory.write("runs.json", "{\"views\":[1,{\"at\":\"soon\"},{}]} rubbish");
  const app::RunBook book(file);
  CHECK(book.read().empty());
  book.write({{{"p", "a"}, "p", "failed", "", FakeEnvironment().now(), ""}});
  CHECK(book.read().size() == 1);
  CHECK(app::RunBook({}).read().empty());
}

TEST_CASE("a refresh passes on what was asked of it: unattended, how long to wait for a lock") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::succeeded)};
  app::Selected selected{"r", world.provider(), view("a")};
  app::RefreshOptions options;
  options.unattended = true;
  options.lock_timeout = std::chrono::seconds(7);
  app::RunListener listener;
  const auto result = app::refresh(world.workspace(), {selected}, options, listener, world.control);
  CHECK(!result.error);
  REQUIRE(world.script().requests.size() == 1);
  CHECK(world.script().requests[0].unattended);
  CHECK(world.script().requests[0].lock_timeout == std::chrono::seconds(7));
}

TEST_CASE("a locked view is skipped where that is wanted, and what reads from it goes on") {
  ScriptedWorld world;
  world.script().refreshed = fail(Error(ErrorCode::locked, "process 7 has it").with_retryable());
  std::vector<app::Selected> views{{"r", world.provider(), view("a")}, {"r", world.provider(), view("b", {"a"})}};
  app::RefreshOptions options;
  options.if_locked = app::IfLocked::skip;
  app::RunListener listener;
  const auto result = app::refresh(world.workspace(), views, options, listener, world.control);
  CHECK(!result.error);
  REQUIRE(result.jobs.size() == 2);
  CHECK(result.jobs[0].state == JobState::skipped);
  CHECK(result.jobs[0].reason == "process 7 has it");
  CHECK(world.script().refreshes == 2);
}
