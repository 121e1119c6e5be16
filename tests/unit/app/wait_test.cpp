#include "app/wait.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include "scripted_provider.hpp"

using namespace matview;
using namespace matview::test;

namespace {

Result<Job> wait(ScriptedWorld& world, const app::WaitOptions& options = {}) {
  Job job = job_in(JobState::pending);
  job.profile = "r";
  job.submitted_at = world.environment.now();
  return app::follow(world.workspace(), {"r", world.provider(), job}, options, world.control);
}

Error unreachable() { return Error(ErrorCode::unavailable, "connection refused").with_retryable(); }

}  // namespace

TEST_CASE("a job is followed until it has ended, its states and its place in the queue are progress") {
  ScriptedWorld world;
  Job queued = job_in(JobState::pending);
  queued.native.set("queue_position", 3);
  Job done = job_in(JobState::succeeded);
  done.finished_at = world.environment.now() + std::chrono::seconds(9);
  done.rows_total = 42;
  world.script().looks = {queued, job_in(JobState::running), done};
  const auto ended = wait(world);
  REQUIRE(ended);
  CHECK(ended->state == JobState::succeeded);
  CHECK(ended->rows_total == 42);
  CHECK(ended->profile == "r");
  CHECK(ended->elapsed == std::chrono::seconds(9));
  CHECK(world.script().looked == 3);
  CHECK(world.ear.steps == std::vector<std::string>{"pending", "pending, position 3 in the queue", "running"});
}

TEST_CASE("the end of a job is put on record") {
  ScriptedWorld world;
  world.record(job_in(JobState::running));
  Job failed = job_in(JobState::failed);
  failed.error = Error(ErrorCode::failed, "no such column");
  world.script().looks = {failed};
  const auto ended = wait(world);
  REQUIRE(ended);
  const auto error = app::error_of(*ended);
  REQUIRE(error);
  CHECK(error->message == "no such column");
  CHECK(exit_code(error->code) == 1);
  REQUIRE(world.recorded("key-1"));
  CHECK(world.recorded("key-1")->job.state == JobState::failed);
  CHECK(world.recorded("key-1")->job.error->message == "no such column");
}

TEST_CASE("what a job comes to is told by its state") {
  CHECK(!app::error_of(job_in(JobState::succeeded)));
  CHECK(!app::error_of(job_in(JobState::submitted)));
  CHECK(!app::error_of(job_in(JobState::running)));
  CHECK(app::error_of(job_in(JobState::failed))->code == ErrorCode::failed);
  CHECK(app::error_of(job_in(JobState::cancelled))->message == "the job was cancelled");
  const auto lost = app::error_of(job_in(JobState::unknown));
  REQUIRE(lost);
  CHECK(lost->code == ErrorCode::unavailable);
  CHECK(!lost->retryable);
}

TEST_CASE("a backend that cannot be reached for a while is told of once and asked again") {
  ScriptedWorld world;
  world.script().looks = {fail(unreachable()), fail(unreachable()), job_in(JobState::running), fail(unreachable()),
                          job_in(JobState::succeeded)};
  const auto ended = wait(world);
  REQUIRE(ended);
  CHECK(ended->state == JobState::succeeded);
  CHECK(world.ear.warnings.size() == 2);
  CHECK(world.ear.warnings.front() == "cannot ask for job job-1: connection refused; trying again");
}

TEST_CASE("a backend that cannot be reached for long is given up, and the hint says how to go on") {
  ScriptedWorld world;
  world.script().looks = {fail(unreachable())};
  app::WaitOptions options;
  options.most_failures = 3;
  options.patience = Duration::zero();
  const auto ended = wait(world, options);
  REQUIRE(!ended);
  CHECK(world.script().looked == 3);
  CHECK(ended.error().code == ErrorCode::unavailable);
  CHECK(ended.error().message == "cannot follow job job-1: connection refused");
  CHECK(ended.error().hint == "the job goes on; 'matview wait job-1' waits for it again");
  CHECK(ended.error().profile == "r");
}

TEST_CASE("many failures within a short time are no reason to give up") {
  ScriptedWorld world;
  for (int i = 0; i < 12; ++i) world.script().looks.push_back(fail(unreachable()));
  world.script().looks.push_back(job_in(JobState::succeeded));
  CHECK(wait(world));
}

TEST_CASE("an error that another look will not change ends the waiting at once") {
  ScriptedWorld world;
  for (const auto code : {ErrorCode::auth, ErrorCode::not_found, ErrorCode::failed}) {
    world.script().looks = {fail(code, "no")};
    world.script().looked = 0;
    const auto ended = wait(world);
    REQUIRE(!ended);
    CHECK(ended.error().code == code);
    CHECK(world.script().looked == 1);
  }
}

TEST_CASE("at the deadline the waiting ends and the job goes on") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::running)};
  world.control.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  const auto ended = wait(world);
  REQUIRE(!ended);
  CHECK(ended.error().code == ErrorCode::timeout);
  CHECK(ended.error().message.starts_with("the time limit was reached while job job-1 was "));
  CHECK(ended.error().hint == "the job goes on; 'matview wait job-1' waits for it again");
  CHECK(world.script().cancels == 0);
}

TEST_CASE("at the deadline the job is cancelled if that was asked for, after the deadline as it is") {
  ScriptedWorld world;
  world.record(job_in(JobState::running));
  world.script().looks = {job_in(JobState::running)};
  world.control.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  app::WaitOptions options;
  options.cancel_on_timeout = true;
  const auto ended = wait(world, options);
  REQUIRE(!ended);
  CHECK(ended.error().code == ErrorCode::timeout);
  CHECK(ended.error().message.ends_with("; it was cancelled"));
  CHECK(ended.error().hint == "'matview status --job job-1' tells how it ended");
  CHECK(world.script().cancels == 1);
  CHECK(world.recorded("key-1")->job.state == JobState::cancelled);
}

TEST_CASE("a job that cannot be cancelled at the deadline says so") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::running)};
  world.script().cancelled = fail(ErrorCode::auth, "not yours");
  world.control.deadline = std::chrono::steady_clock::now();
  app::WaitOptions options;
  options.cancel_on_timeout = true;
  const auto ended = wait(world, options);
  REQUIRE(!ended);
  CHECK(ended.error().code == ErrorCode::timeout);
  CHECK(ended.error().message.ends_with("; it could not be cancelled: not yours"));
  CHECK(ended.error().hint == "the job goes on; 'matview wait job-1' waits for it again");
}

TEST_CASE("a signal ends the waiting and not the job, also with --cancel-on-timeout") {
  for (const int signal : {SIGINT, SIGTERM}) {
    ScriptedWorld world;
    world.script().looks = {job_in(JobState::running)};
    world.script().on_look = [&] { world.stop = signal; };
    app::WaitOptions options;
    options.cancel_on_timeout = true;
    const auto ended = wait(world, options);
    REQUIRE(!ended);
    CHECK(exit_code(ended.error().code) == 128 + signal);
    CHECK(ended.error().message == "stopped waiting for job job-1, which was running");
    CHECK(ended.error().hint.find("matview wait job-1") != std::string::npos);
    CHECK(world.script().cancels == 0);
  }
}

TEST_CASE("several jobs are followed at once, and each ends by itself") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::succeeded)};
  std::vector<std::size_t> order;
  app::Follower follower(world.workspace(), {}, world.control, [&](std::size_t index, Job, std::optional<Error> error) {
    CHECK(!error);
    order.push_back(index);
  });
  for (const char* id : {"a", "b", "c"})
    follower.add({"r", world.provider(), job_in(JobState::pending, id)}, static_cast<std::size_t>(*id - 'a'));
  follower.add({"r", world.provider(), job_in(JobState::failed, "d")}, 3);
  CHECK(order == std::vector<std::size_t>{3});  // has ended, and nobody is asked for it
  CHECK(follower.size() == 3);
  follower.run([&] { return order.size() == 2; });
  CHECK(follower.size() == 2);
  follower.run();
  CHECK(order.size() == 4);
  CHECK(world.script().looked == 3);
}

TEST_CASE("at the deadline all that are left end, each with its own hint and as it was seen last") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::running)};
  world.control.deadline = std::chrono::steady_clock::now();
  std::vector<std::string> told;
  app::Follower follower(world.workspace(), {}, world.control, [&](std::size_t, Job job, std::optional<Error> error) {
    REQUIRE(error);
    CHECK(job.state == JobState::pending);
    told.push_back(error->hint);
  });
  for (const char* id : {"a", "b"}) follower.add({"r", world.provider(), job_in(JobState::pending, id)}, 0);
  follower.run();
  REQUIRE(told.size() == 2);
  CHECK(told[0].find("wait a'") != std::string::npos);
  CHECK(told[1].find("wait b'") != std::string::npos);
}

TEST_CASE("the interval between looks grows from the profile's to fifteen times that") {
  ScriptedWorld world;
  for (int i = 0; i < 20; ++i) world.script().looks.push_back(job_in(JobState::running));
  world.script().looks.push_back(job_in(JobState::succeeded));
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(wait(world));
  // 1 + 1.5 + 2.25 + … + 15 + 15 …, four fifths of it at least: no upper bound, machines are slow.
  CHECK(std::chrono::steady_clock::now() - start > std::chrono::milliseconds(150));
}
