#include "engine/store/suspension.hpp"

#include <cstdlib>

#include "store_fixture.hpp"

namespace matview::engine {

namespace {

class SuspensionFixture : public StoreFixture {
 public:
  SuspensionFixture() {
    store = open();
    low = value_of(store->create_view(named("low", {}))).view_id;
    middle = value_of(store->create_view(named("middle", {"low"}))).view_id;
    high = value_of(store->create_view(named("high", {"middle"}))).view_id;
    other = value_of(store->create_view(named("other", {}))).view_id;
  }

  static ViewDefinition named(const std::string& name, std::vector<std::string> depends_on) {
    auto view = definition(name);
    view.schedule = "0 * * * *";
    view.auto_refresh = name == "low";
    view.depends_on = std::move(depends_on);
    return view;
  }

  /// A job that begins and ends.
  void attempt(std::int64_t view_id, JobState state, bool unattended = true) {
    advance(std::chrono::minutes(1));
    auto made = job("attempt-" + std::to_string(++attempts_), JobState::running);
    if (unattended) made.native.set(k_unattended, true);
    must(store->record_job(view_id, made));
    made.state = state;
    made.finished_at = environment.now();
    if (state == JobState::failed) made.error = Error(ErrorCode::failed, "no such file");
    must(store->record_job(view_id, made));
  }

  ScheduleRecord schedule(const char* name) const { return value_of(store->find_view(name))->schedule; }
  bool suspended(const char* name) const { return schedule(name).suspended_at.has_value(); }

  std::unique_ptr<Store> store;
  std::int64_t low = 0, middle = 0, high = 0, other = 0;

 private:
  int attempts_ = 0;
};

}  // namespace

TEST_CASE_FIXTURE(SuspensionFixture, "schedule and auto refresh are kept with the definition") {
  CHECK(value_of(store->find_view("low"))->definition.schedule == "0 * * * *");
  CHECK(value_of(store->find_view("low"))->definition.auto_refresh);
  CHECK_FALSE(value_of(store->find_view("high"))->definition.auto_refresh);
}

TEST_CASE_FIXTURE(SuspensionFixture,
                  "the fifth failure in a row of unattended refreshes suspends a view and its readers") {
  for (int i = 0; i < 4; ++i) attempt(low, JobState::failed);
  CHECK(schedule("low").failures == 4);
  CHECK_FALSE(suspended("low"));
  attempt(low, JobState::failed);
  CHECK(suspended("low"));
  CHECK(schedule("low").suspended_reason == "5 unattended refreshes in a row failed; the last: no such file");
  CHECK(suspended("middle"));
  CHECK(schedule("middle").suspended_reason == "it reads from 'low', which failed too often");
  CHECK(suspended("high"));
  CHECK_FALSE(suspended("other"));
  CHECK(schedule("high").failures == 0);
}

TEST_CASE_FIXTURE(SuspensionFixture, "a success, wherever it comes from, ends the row") {
  for (int i = 0; i < 4; ++i) attempt(low, JobState::failed);
  attempt(low, JobState::succeeded, false);
  CHECK(schedule("low").failures == 0);
  CHECK(schedule("low").succeeded_at == environment.now());
  for (int i = 0; i < 4; ++i) attempt(low, JobState::failed);
  CHECK_FALSE(suspended("low"));
}

TEST_CASE_FIXTURE(SuspensionFixture, "what a person asked for, and what was stopped, counts as no failure") {
  for (int i = 0; i < 9; ++i) attempt(low, JobState::failed, false);
  for (int i = 0; i < 9; ++i) attempt(low, JobState::cancelled);
  CHECK(schedule("low").failures == 0);
  CHECK_FALSE(suspended("low"));
}

TEST_CASE_FIXTURE(SuspensionFixture, "a job that is recorded as failed twice counts once") {
  auto made = job("twice", JobState::failed);
  made.native.set(k_unattended, true);
  must(store->record_job(low, made));
  must(store->record_job(low, made));
  CHECK(schedule("low").failures == 1);
}

TEST_CASE_FIXTURE(SuspensionFixture, "to resume a view clears the count and resumes what was suspended with it") {
  value_of(store->suspend(high, "by alice"));
  for (int i = 0; i < 5; ++i) attempt(low, JobState::failed);
  CHECK(schedule("high").suspended_reason == "by alice");
  const auto resumed = value_of(store->resume(low));
  CHECK_FALSE(resumed.schedule.suspended_at);
  CHECK(resumed.schedule.suspended_reason.empty());
  CHECK(resumed.schedule.failures == 0);
  CHECK_FALSE(suspended("middle"));
  CHECK(suspended("high"));  // that was another's decision
}

TEST_CASE_FIXTURE(SuspensionFixture, "to suspend and to resume twice is to do it once; the first reason stays") {
  value_of(store->suspend(low, "by alice"));
  advance(std::chrono::hours(1));
  const auto again = value_of(store->suspend(low, "by bob"));
  CHECK(again.schedule.suspended_reason == "by alice");
  CHECK(again.schedule.suspended_at == environment.now() - std::chrono::hours(1));
  value_of(store->resume(low));
  CHECK_FALSE(value_of(store->resume(low)).schedule.suspended_at);
  CHECK(error_of(store->suspend(99, "x")).code == ErrorCode::conflict);
  CHECK(error_of(store->resume(99)).code == ErrorCode::conflict);
}

TEST_CASE_FIXTURE(SuspensionFixture, "a commit notes the success with the job; a replaced definition has had none") {
  refresh(*store, low);
  CHECK(schedule("low").succeeded_at == environment.now());
  auto same = named("low", {});
  same.schedule = "@daily";
  same.tags = {"x"};
  const auto kept = value_of(store->replace_definition(low, same));
  CHECK(kept.schedule.succeeded_at == environment.now());
  CHECK(kept.definition.schedule == "@daily");
  CHECK(kept.current->version == 1);
  auto changed = same;
  changed.fingerprint = "f2";
  CHECK_FALSE(value_of(store->replace_definition(low, changed)).schedule.succeeded_at);
}

TEST_CASE_FIXTURE(SuspensionFixture, "a failure that is not committed is not counted either") {
  for (int i = 0; i < 4; ++i) attempt(low, JobState::failed);
  auto last = job("last", JobState::failed);
  last.native.set(k_unattended, true);
  last.error = Error(ErrorCode::failed, "no such file");
  ::setenv("MATVIEW_FAILPOINT", "job.before_commit=eio", 1);
  const auto recorded = store->record_job(low, last);
  ::unsetenv("MATVIEW_FAILPOINT");
  REQUIRE_FALSE(recorded);
  CHECK(schedule("low").failures == 4);
  CHECK_FALSE(suspended("low"));
  CHECK_FALSE(suspended("middle"));
  must(store->record_job(low, last));
  CHECK(suspended("low"));
  CHECK(suspended("middle"));
}

TEST_CASE_FIXTURE(SuspensionFixture,
                  "a store from before there were schedules is read as it is, and upgraded when written") {
  refresh(*store, low);
  attempt(other, JobState::failed, false);
  const Time succeeded = *schedule("low").succeeded_at;
  store.reset();
  make_second_layout();
  store = open(Store::Access::read);
  CHECK_FALSE(schedule("low").succeeded_at);
  CHECK_FALSE(suspended("low"));
  CHECK(value_of(store->views()).size() == 4);
  store = open();
  CHECK(query("SELECT value FROM matview_meta WHERE key = 'schema'") == "3");
  CHECK(schedule("low").succeeded_at == succeeded);
  CHECK_FALSE(schedule("other").succeeded_at);
  CHECK(schedule("low").failures == 0);
  value_of(store->suspend(low, "by alice"));
  CHECK(suspended("low"));
}

}  // namespace matview::engine
