#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>

#include "app/define.hpp"
#include "app/inspect.hpp"
#include "app/refresh.hpp"
#include "scripted_provider.hpp"

using namespace matview;
using namespace matview::test;

namespace {

app::RunResult refresh(ScriptedWorld& world, const app::RefreshOptions& options = {},
                       std::vector<std::string> names = {"daily"}) {
  std::vector<app::Selected> views;
  for (auto& name : names) {
    app::Selected selected{"r", world.provider(), {}};
    selected.view.name = name;
    views.push_back(selected);
  }
  app::RunListener listener;
  return app::refresh(world.workspace(), views, options, listener, world.control);
}

}  // namespace

TEST_CASE("a refresh that runs at a backend is waited for") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::running), job_in(JobState::succeeded)};
  const auto result = refresh(world);
  CHECK(!result.error);
  REQUIRE(result.jobs.size() == 1);
  CHECK(result.jobs.front().state == JobState::succeeded);
  CHECK(result.jobs.front().view == "daily");
  CHECK(result.jobs.front().provider == "scripted");
}

TEST_CASE("independent views are at the backend side by side; what reads from one waits for its end") {
  ScriptedWorld world;
  world.script().own_ids = true;
  // Neither ends before both are there.
  world.script().look_at = [&](const std::string&) {
    Job job = job_in(world.script().refreshes < 2 ? JobState::running : JobState::succeeded, "");
    job.view.clear();
    if (job.state == JobState::succeeded) world.script().order.push_back("end");
    return job;
  };
  world.control.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  std::vector<app::Selected> views;
  for (const char* name : {"a", "b", "over a"}) {
    app::Selected selected{"r", world.provider(), {}};
    selected.view.name = name;
    views.push_back(selected);
  }
  views[2].view.depends_on = {"a"};
  app::RunListener listener;
  const auto result = app::refresh(world.workspace(), views, {}, listener, world.control);
  CHECK(!result.error);
  CHECK(result.jobs.size() == 3);
  const auto& order = world.script().order;
  const auto at = [&](const std::string& what) { return std::find(order.begin(), order.end(), what) - order.begin(); };
  CHECK(at("refresh b") < at("end"));
  CHECK(at("end") < at("refresh over a"));
}

TEST_CASE("what reads from a job that fails while others go on is skipped; with --fail-fast one goes after the other") {
  for (const bool fail_fast : {false, true}) {
    ScriptedWorld world;
    world.script().own_ids = true;
    Job failed = job_in(JobState::failed, "");
    failed.view.clear();
    world.script().looks = {failed};
    std::vector<app::Selected> views;
    for (const char* name : {"a", "b", "over a"}) {
      app::Selected selected{"r", world.provider(), {}};
      selected.view.name = name;
      views.push_back(selected);
    }
    views[2].view.depends_on = {"a"};
    app::RefreshOptions options;
    options.fail_fast = fail_fast;
    app::RunListener listener;
    const auto result = app::refresh(world.workspace(), views, options, listener, world.control);
    REQUIRE(result.error);
    CHECK(world.script().refreshes == (fail_fast ? 1 : 2));
    const auto skipped = std::count_if(result.jobs.begin(), result.jobs.end(),
                                       [](const Job& job) { return job.state == JobState::skipped; });
    CHECK(skipped == (fail_fast ? 2 : 1));
  }
}

TEST_CASE("without waiting the job is the answer as the backend accepted it") {
  ScriptedWorld world;
  app::RefreshOptions options;
  options.wait = false;
  const auto result = refresh(world, options);
  CHECK(!result.error);
  CHECK(result.jobs.front().state == JobState::pending);
  CHECK(world.script().looked == 0);
}

TEST_CASE("a job that fails at the backend fails the refresh with its own reason, and keeps its id") {
  ScriptedWorld world;
  Job failed = job_in(JobState::failed);
  failed.error = Error(ErrorCode::failed, "no such column");
  world.script().looks = {failed};
  const auto result = refresh(world);
  REQUIRE(result.error);
  CHECK(exit_code(result.error->code) == 1);
  CHECK(result.error->message == "cannot refresh 'daily': no such column");
  CHECK(result.jobs.front().id == "job-1");
  CHECK(result.jobs.front().state == JobState::failed);
}

TEST_CASE("at the time limit the job is told as it was seen last, and what reads from it is skipped") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::running)};
  world.control.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  std::vector<app::Selected> views(2, app::Selected{"r", world.provider(), {}});
  views[0].view.name = "daily";
  views[1].view.name = "weekly";
  views[1].view.depends_on = {"daily"};
  app::RunListener listener;
  const auto result = app::refresh(world.workspace(), views, {}, listener, world.control);
  REQUIRE(result.error);
  CHECK(result.error->code == ErrorCode::timeout);
  CHECK(result.error->hint.find("matview wait job-1") != std::string::npos);
  REQUIRE(result.jobs.size() == 2);
  CHECK(!is_terminal(result.jobs[0].state));
  CHECK(result.jobs[0].error);
  CHECK(result.jobs[1].state == JobState::skipped);
  CHECK(world.script().refreshes == 1);
}

TEST_CASE("a refresh whose answer was lost is unknown, with the id of its record, and not to be retried blindly") {
  ScriptedWorld world;
  Error lost = Error(ErrorCode::unavailable, "connection reset").with_retryable();
  lost.unanswered = true;
  Job on_record = job_in(JobState::unknown, "key-1");
  on_record.submitted_at = world.environment.now();
  on_record.error = lost;
  world.record(on_record);
  world.script().refreshed = fail(lost);
  const auto result = refresh(world);
  REQUIRE(result.error);
  CHECK(exit_code(result.error->code) == 7);
  CHECK(!result.error->retryable);
  CHECK(result.jobs.front().state == JobState::unknown);
  CHECK(result.jobs.front().id == "key-1");
}

TEST_CASE("a refresh that was refused is failed, without the id of another job of the view") {
  ScriptedWorld world;
  Job before = job_in(JobState::failed, "old");
  before.error = Error(ErrorCode::auth, "refused");
  before.submitted_at = world.environment.now() - std::chrono::hours(1);
  world.record(before);
  world.script().refreshed = fail(ErrorCode::auth, "refused");
  const auto result = refresh(world);
  REQUIRE(result.error);
  CHECK(result.error->code == ErrorCode::auth);
  CHECK(result.jobs.front().state == JobState::failed);
  CHECK(result.jobs.front().id.empty());
}

TEST_CASE("a view that a backend fills is there once its job has ended") {
  ScriptedWorld world;
  world.script().created = job_in(JobState::pending);
  Job done = job_in(JobState::succeeded);
  done.rows_total = 42;
  world.script().looks = {done};
  CreateRequest request;
  request.name = "daily";
  const auto view = app::create(world.workspace(), "r", request, {}, world.control);
  REQUIRE(view);
  CHECK(view->rows == 42);
  CHECK(view->last_job->state == JobState::succeeded);

  SUBCASE("without waiting it is there with the job as it was accepted") {
    world.script().looked = 0;
    const auto unfilled = app::create(world.workspace(), "r", request, {false, {}}, world.control);
    REQUIRE(unfilled);
    CHECK(unfilled->last_job->state == JobState::pending);
    CHECK(world.script().looked == 0);
  }
  SUBCASE("a view that was there is left alone, its job as well") {
    world.script().looked = 0;
    request.if_not_exists = true;
    REQUIRE(app::create(world.workspace(), "r", request, {}, world.control));
    CHECK(world.script().looked == 0);
  }
  SUBCASE("at the time limit it is there, and not filled yet") {
    world.script().looks = {job_in(JobState::running)};
    world.control.deadline = std::chrono::steady_clock::now();
    const auto unfilled = app::create(world.workspace(), "r", request, {}, world.control);
    REQUIRE(!unfilled);
    CHECK(unfilled.error().code == ErrorCode::timeout);
    CHECK(unfilled.error().message.starts_with("view 'daily' is defined and not filled yet: the time limit "));
  }
  SUBCASE("a job that fails says that the view is defined") {
    Job failed = job_in(JobState::failed);
    failed.error = Error(ErrorCode::failed, "no such column");
    world.script().looks = {failed};
    const auto unfilled = app::create(world.workspace(), "r", request, {}, world.control);
    REQUIRE(!unfilled);
    CHECK(unfilled.error().code == ErrorCode::failed);
    CHECK(unfilled.error().message == "view 'daily' is defined but cannot be filled: no such column");
  }
}

TEST_CASE("the history of a backend that keeps none is what is on record") {
  ScriptedWorld world;
  world.record(job_in(JobState::succeeded, "a"), "key-1");
  world.record(job_in(JobState::failed, "b"), "key-2");
  const auto jobs = app::history(world.workspace(), {"", "daily"}, 10, {}, world.control);
  REQUIRE(jobs);
  REQUIRE(jobs->size() == 2);
  CHECK(jobs->front().id == "b");
}
