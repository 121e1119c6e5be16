#include "app/jobs.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include "scripted_provider.hpp"

using namespace matview;
using namespace matview::test;

namespace {

class Listener final : public app::RunListener {
 public:
  void started(const app::Selected& selected) override { begun.push_back(selected.view.name); }
  void finished(const Job& job) override { ended.push_back(job.id); }

  std::vector<std::string> begun;
  std::vector<std::string> ended;
};

app::RunResult wait(ScriptedWorld& world, const std::vector<std::string>& ids) {
  Listener listener;
  return app::wait_for_jobs(world.workspace(), ids, {}, listener, world.control);
}

}  // namespace

TEST_CASE("a job is looked for under the profile of its record, whatever profile is in use") {
  ScriptedWorld world;
  world.environment.set("MATVIEW_PROFILE", "local");
  world.record(job_in(JobState::running));
  world.script().looks = {job_in(JobState::succeeded)};
  const auto job = app::look_at_job(world.workspace(), "key-1", world.control);
  REQUIRE(job);
  CHECK(job->state == JobState::succeeded);
  CHECK(job->profile == "r");
  CHECK(job->view == "daily");
  CHECK(world.script().asked == std::vector<std::string>{"key-1"});
  CHECK(world.recorded("key-1")->job.state == JobState::succeeded);
}

TEST_CASE("a job that is on no record is looked for in the profile in use, and the hint says so") {
  ScriptedWorld world;
  world.script().looks = {fail(ErrorCode::not_found, "no such job")};
  const auto job = app::look_at_job(world.workspace(), "other", world.control);
  REQUIRE(!job);
  CHECK(job.error().code == ErrorCode::not_found);
  CHECK(job.error().hint.find("profile 'r'") != std::string::npos);
}

TEST_CASE("the profile of a record that is configured no longer is named") {
  ScriptedWorld world;
  Job job = job_in(JobState::running);
  job.profile = "gone";
  world.record(job);
  const auto looked = app::look_at_job(world.workspace(), "job-1", world.control);
  REQUIRE(!looked);
  CHECK(looked.error().code == ErrorCode::not_found);
  CHECK(looked.error().message == "job job-1: there is no profile 'gone'");
}

TEST_CASE("waiting asks at once, by the id that was given, and takes what the record does not know from the backend") {
  ScriptedWorld world;
  Job lost = job_in(JobState::unknown, "key-1");
  world.record(lost);
  world.script().looks = {job_in(JobState::running, "backend-7"), job_in(JobState::succeeded, "backend-7")};
  const auto result = wait(world, {"key-1"});
  CHECK(!result.error);
  REQUIRE(result.jobs.size() == 1);
  CHECK(result.jobs.front().id == "backend-7");
  CHECK(result.jobs.front().view == "daily");
  CHECK(world.script().asked == std::vector<std::string>{"key-1", "backend-7"});
}

TEST_CASE("how a single job ended is the error and the exit code") {
  ScriptedWorld world;
  Job failed = job_in(JobState::failed);
  failed.error = Error(ErrorCode::failed, "no such column");
  const std::vector<std::tuple<Job, int, std::string>> cases{
      {failed, 1, "job job-1 of view 'daily' failed: no such column"},
      {job_in(JobState::cancelled), 1, "job job-1 of view 'daily' cancelled: the job was cancelled"},
      {job_in(JobState::unknown), 7, "job job-1 of view 'daily' unknown: nobody knows what became of the job"},
  };
  for (const auto& [job, code, message] : cases) {
    world.script().looks = {job};
    const auto result = wait(world, {"job-1"});
    REQUIRE(result.error);
    CHECK(exit_code(result.error->code) == code);
    CHECK(result.error->message == message);
  }
}

TEST_CASE("of several jobs some of which fail the exit code is PARTIAL; each is waited for once") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::succeeded, "a"), fail(ErrorCode::not_found, "no such job")};
  const auto result = wait(world, {"a", "b", "a"});
  REQUIRE(result.error);
  CHECK(result.error->code == ErrorCode::partial);
  CHECK(result.error->message == "1 of 2 jobs did not end well");
  CHECK(result.jobs.size() == 2);
}

TEST_CASE("a signal is the error of waiting for several") {
  ScriptedWorld world;
  world.script().looks = {job_in(JobState::running)};
  world.script().on_look = [&] { world.stop = SIGINT; };
  const auto result = wait(world, {"a", "b"});
  REQUIRE(result.error);
  CHECK(result.error->code == ErrorCode::interrupted);
}

TEST_CASE("cancelling asks the backend once for each job and puts the end on record") {
  ScriptedWorld world;
  world.record(job_in(JobState::running));
  Listener listener;
  const auto result = app::cancel_jobs(world.workspace(), {"job-1", "job-1"}, listener, world.control);
  CHECK(!result.error);
  REQUIRE(result.jobs.size() == 1);
  CHECK(result.jobs.front().state == JobState::cancelled);
  CHECK(world.script().cancels == 1);
  CHECK(world.recorded("job-1")->job.state == JobState::cancelled);
  CHECK(listener.begun == std::vector<std::string>{"daily"});
}

TEST_CASE("a job that cannot be cancelled is an error that says which and why") {
  ScriptedWorld world;
  world.record(job_in(JobState::running));
  world.script().cancelled = fail(ErrorCode::auth, "not yours");
  Listener listener;
  const auto result = app::cancel_jobs(world.workspace(), {"job-1"}, listener, world.control);
  REQUIRE(result.error);
  CHECK(result.error->code == ErrorCode::auth);
  CHECK(result.error->message == "job job-1 of view 'daily' cannot be cancelled: not yours");
}

TEST_CASE("a plan of cancelling names the view and asks nobody") {
  ScriptedWorld world;
  world.record(job_in(JobState::running));
  const auto plans = app::plan_cancel(world.workspace(), {"job-1"}, world.control);
  REQUIRE(plans);
  REQUIRE(plans->size() == 1);
  CHECK(plans->front().operation == "cancel");
  CHECK(plans->front().view == "daily");
  CHECK(world.script().cancels == 0);
}

TEST_CASE("views that tell of no job get the newest one on record, and a failed one makes them failed") {
  ScriptedWorld world;
  world.record(job_in(JobState::succeeded, "old"), "key-1");
  Job failed = job_in(JobState::failed, "new");
  failed.error = Error(ErrorCode::failed, "no such column");
  world.record(failed, "key-2");
  View daily;
  daily.name = "daily";
  View other;
  other.name = "other";
  View told;
  told.name = "told";
  told.last_job = job_in(JobState::running, "its own");
  View worse;
  worse.name = "worse";
  worse.last_job = job_in(JobState::failed, "its own");
  View untouched;
  untouched.name = "xx";
  untouched.last_job = job_in(JobState::failed, "refused");
  untouched.last_job->error = Error(ErrorCode::conflict, "nothing to do");
  world.script().views = {daily, other, told, worse, untouched};

  app::Selector everything;
  everything.all = true;
  const auto selected = app::select(world.workspace(), everything, {}, world.control);
  REQUIRE(selected);
  REQUIRE(selected->size() == 5);
  REQUIRE((*selected)[0].view.last_job);
  CHECK((*selected)[0].view.last_job->id == "new");
  CHECK((*selected)[0].view.state == ViewState::error);
  CHECK(!(*selected)[1].view.last_job);
  CHECK((*selected)[2].view.last_job->id == "its own");
  CHECK((*selected)[2].view.state == ViewState::idle);
  CHECK((*selected)[3].view.state == ViewState::error);
  CHECK((*selected)[4].view.state == ViewState::idle);

  app::Selector of_failed;
  of_failed.failed = true;
  const auto only = app::select(world.workspace(), of_failed, {}, world.control);
  REQUIRE(only);
  REQUIRE(only->size() == 2);
  CHECK(only->front().view.name == "daily");
  CHECK(only->back().view.name == "worse");

  app::Selector one;
  one.terms_given = true;
  one.terms = {"daily"};
  app::SelectionNeeds whole;
  whole.whole = true;
  const auto described = app::select(world.workspace(), one, whole, world.control);
  REQUIRE(described);
  CHECK(described->front().view.last_job->id == "new");
}
