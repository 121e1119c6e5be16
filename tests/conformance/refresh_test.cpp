#include <csignal>
#include <thread>

#include "harness.hpp"

using namespace matview;
using namespace matview::test;

namespace {

RefreshRequest refresh_of(const std::string& name) { return {name, false, false, {}}; }

}  // namespace

TEST_CASE("the first refresh fills a view, as version 1") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    const auto job = provider.refresh(refresh_of("daily"), control);
    REQUIRE_OK(job);
    CHECK_FALSE(job->id.empty());
    CHECK(job->view == "daily");
    CHECK(job->operation == "refresh");
    CHECK(job->state == JobState::succeeded);
    CHECK(job->mode == "full");
    CHECK_FALSE(job->reason.empty());
    CHECK(job->rows_total == RowFixture::k_rows);
    CHECK(job->version == 1);
    CHECK(job->started_at.has_value());
    CHECK(job->finished_at.has_value());
    CHECK(job->elapsed.has_value());
    CHECK_FALSE(job->error.has_value());

    const auto view = fixture.open()->describe({"daily", true}, control);
    REQUIRE_OK(view);
    CHECK(view->freshness == Freshness::fresh);
    CHECK(view->freshness_reason.empty());
    CHECK(view->rows == RowFixture::k_rows);
    CHECK(view->version == 1);
    CHECK(view->refreshed_at.has_value());
    REQUIRE(view->last_job.has_value());
    CHECK(view->last_job->id == job->id);
    REQUIRE(view->versions.size() == 1);
    CHECK(view->versions[0].version == 1);
    CHECK(view->versions[0].rows == RowFixture::k_rows);
    CHECK(view->versions[0].job_id == job->id);
  });
}

TEST_CASE("a refresh with nothing changed makes no version and says so") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh(refresh_of("daily"), control));
    const auto plan = provider.plan_refresh(refresh_of("daily"), control);
    REQUIRE_OK(plan);
    CHECK(plan->mode == "no_data");
    const auto job = provider.refresh(refresh_of("daily"), control);
    REQUIRE_OK(job);
    CHECK(job->state == JobState::succeeded);
    CHECK(job->mode == "no_data");
    CHECK(job->version == 1);
    CHECK(provider.describe({"daily", true}, control)->versions.size() == 1);
  });
}

TEST_CASE("a change is seen, said, and brought in by the next refresh") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh(refresh_of("daily"), control));
    fixture.change(provider, "daily");
    provider.begin_run();
    const auto stale = provider.describe({"daily", false}, control);
    REQUIRE_OK(stale);
    CHECK(stale->freshness == Freshness::stale);
    CHECK_FALSE(stale->freshness_reason.empty());
    CHECK(stale->rows == RowFixture::k_rows);
    const auto listed = provider.list({true}, control);
    REQUIRE_OK(listed);
    CHECK(listed->front().freshness == Freshness::stale);

    provider.begin_run();
    const auto job = provider.refresh(refresh_of("daily"), control);
    REQUIRE_OK(job);
    CHECK(job->rows_total == RowFixture::k_rows_changed);
    CHECK(job->version == 2);
    const auto view = provider.describe({"daily", true}, control);
    CHECK(view->freshness == Freshness::fresh);
    CHECK(view->rows == RowFixture::k_rows_changed);
    REQUIRE(view->versions.size() == 2);
    CHECK(view->versions[0].version == 2);
    CHECK(view->versions[1].version == 1);
  });
}

TEST_CASE("--full and --force refresh what is fresh") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh(refresh_of("daily"), control));
    const auto full = provider.refresh({"daily", true, false, {}}, control);
    REQUIRE_OK(full);
    CHECK(full->mode == "full");
    CHECK(full->rows_total == RowFixture::k_rows);
    const auto forced = provider.refresh({"daily", false, true, {}}, control);
    REQUIRE_OK(forced);
    CHECK(forced->mode != "no_data");
  });
}

TEST_CASE("a plan tells what a refresh would do, and changes nothing") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    const auto plan = provider.plan_refresh(refresh_of("daily"), control);
    REQUIRE_OK(plan);
    CHECK(plan->view == "daily");
    CHECK(plan->operation == "refresh");
    CHECK(plan->mode == "full");
    CHECK_FALSE(plan->reason.empty());
    CHECK(provider.describe({"daily", false}, control)->freshness == Freshness::empty);
    CHECK(provider.history({"daily", 10}, control)->empty());
  });
}

TEST_CASE("unknown views and jobs are not_found for every operation") {
  for_each_engine([](RowFixture&, Provider& provider, Control& control) {
    REQUIRE_ERROR(provider.refresh(refresh_of("nothing"), control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.plan_refresh(refresh_of("nothing"), control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.describe({"nothing", false}, control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.history({"nothing", 10}, control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.verify({"nothing", 5, {}}, control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.job("no-such-job", control), ErrorCode::not_found);
  });
}

TEST_CASE("operations that a provider does not name are unsupported") {
  for_each_provider([](Fixture&, Provider& provider, Control& control) {
    const auto& can = provider.info().operations;
    if (!can.contains(Operation::gc)) REQUIRE_ERROR(provider.gc({}, control), ErrorCode::unsupported);
    if (!can.contains(Operation::cancel)) REQUIRE_ERROR(provider.cancel("x", control), ErrorCode::unsupported);
    if (!can.contains(Operation::verify)) REQUIRE_ERROR(provider.verify({"x", 5, {}}, control), ErrorCode::unsupported);
    if (!can.contains(Operation::query)) REQUIRE_ERROR(provider.query({}, control), ErrorCode::unsupported);
  });
}

TEST_CASE("a refresh that fails is an error, leaves the old rows and is on record") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh(refresh_of("daily"), control));
    auto broken = fixture.failing("daily");
    broken.replace = true;
    REQUIRE_OK(provider.create(broken, control));
    REQUIRE_ERROR(provider.refresh(refresh_of("daily"), control), ErrorCode::failed);

    const auto view = fixture.open()->describe({"daily", true}, control);
    REQUIRE_OK(view);
    CHECK(view->state == ViewState::error);
    CHECK(view->rows == RowFixture::k_rows);
    CHECK(view->version == 1);
    CHECK(view->versions.size() == 1);
    REQUIRE(view->last_job.has_value());
    CHECK(view->last_job->state == JobState::failed);
    REQUIRE(view->last_job->error.has_value());
    CHECK_FALSE(view->last_job->error->message.empty());
  });
}

TEST_CASE("history has every job, newest first, as many as asked for; each can be found by its id") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.create(fixture.definition("other"), control));
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
      const auto job = provider.refresh({"daily", true, false, {}}, control);
      REQUIRE_OK(job);
      ids.insert(ids.begin(), job->id);
    }
    const auto jobs = provider.history({"daily", 20}, control);
    REQUIRE_OK(jobs);
    REQUIRE(jobs->size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK((*jobs)[i].id == ids[i]);
    CHECK(provider.history({"daily", 2}, control)->size() == 2);
    CHECK(provider.history({"other", 20}, control)->empty());

    const auto found = fixture.open()->job(ids[1], control);
    REQUIRE_OK(found);
    CHECK(found->id == ids[1]);
    CHECK(found->view == "daily");
    CHECK(found->version == (*jobs)[1].version);
  });
}

TEST_CASE("a view over a view goes stale with it and reads its newest rows") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("base"), control));
    REQUIRE_OK(provider.create(fixture.reader("over", "base"), control));
    provider.begin_run();
    REQUIRE_OK(provider.refresh(refresh_of("base"), control));
    REQUIRE_OK(provider.refresh(refresh_of("over"), control));
    CHECK(provider.describe({"over", false}, control)->freshness == Freshness::fresh);

    fixture.change(provider, "base");
    provider.begin_run();
    REQUIRE_OK(provider.refresh(refresh_of("base"), control));
    const auto stale = provider.describe({"over", false}, control);
    CHECK(stale->freshness == Freshness::stale);
    CHECK(stale->freshness_reason.find("base") != std::string::npos);
    const auto job = provider.refresh(refresh_of("over"), control);
    REQUIRE_OK(job);
    CHECK(job->version == 2);
    const auto view = provider.describe({"over", false}, control);
    CHECK(view->freshness == Freshness::fresh);
    REQUIRE(view->sources.size() == 1);
    CHECK(view->sources[0].kind == "view");
    CHECK(view->sources[0].version == 2);
  });
}

TEST_CASE("SIGINT and SIGTERM end a refresh with their own codes, and nothing is changed") {
  for (const auto& [signal, code] :
       {std::pair(SIGINT, ErrorCode::interrupted), std::pair(SIGTERM, ErrorCode::terminated)})
    for_each_engine([signal = signal, code = code](RowFixture& fixture, Provider& provider, Control& control) {
      REQUIRE_OK(provider.create(fixture.endless("daily"), control));
      TestControl test;
      // The refresh never ends by itself, so it does not matter when the signal comes.
      std::thread sender([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        test.stop = signal;
      });
      const auto stopped = provider.refresh(refresh_of("daily"), test.control);
      sender.join();
      REQUIRE_ERROR(stopped, code);
      const auto view = provider.describe({"daily", false}, control);
      REQUIRE_OK(view);
      CHECK(view->freshness == Freshness::empty);
      CHECK_FALSE(view->version.has_value());
      const auto jobs = provider.history({"daily", 5}, control);
      REQUIRE_OK(jobs);
      REQUIRE(jobs->size() == 1);
      CHECK(jobs->front().state == JobState::cancelled);
    });
}

TEST_CASE("the deadline ends a refresh with a timeout, and nothing is changed") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.endless("daily"), control));
    TestControl test;
    test.control.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    REQUIRE_ERROR(provider.refresh(refresh_of("daily"), test.control), ErrorCode::timeout);
    CHECK_FALSE(provider.describe({"daily", false}, control)->version.has_value());
  });
}
