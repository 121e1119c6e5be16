#include <csignal>

#include "harness.hpp"
#include "support/pause.hpp"

using namespace matview;
using namespace matview::test;

namespace {

/// Asks until the job has ended.
Result<Job> follow(Provider& provider, Job job, Control& control) {
  for (int look = 0; look < 1000 && !is_terminal(job.state); ++look) {
    MATVIEW_ASSIGN(job, provider.job(job.id, control));
    MATVIEW_TRY(support::pause(std::chrono::milliseconds(2), control));
  }
  return job;
}

/// Creates the view, and waits for the run that some backends make of that.
void create(Fixture& fixture, Provider& provider, const std::string& name, Control& control) {
  const auto view = provider.create(fixture.definition(name), control);
  REQUIRE_OK(view);
  CHECK(view->name == name);
  if (provider.info().asynchronous && view->last_job) {
    const auto job = follow(provider, *view->last_job, control);
    REQUIRE_OK(job);
    CHECK(job->state == JobState::succeeded);
  }
}

}  // namespace

TEST_CASE("every provider: what is created is described and listed by name, also to another process, until dropped") {
  for_each_provider([](Fixture& fixture, Provider& provider, Control& control) {
    const auto first = fixture.name("aa_daily");
    const auto second = fixture.name("bb_daily");
    create(fixture, provider, second, control);
    create(fixture, provider, first, control);

    const auto other = fixture.open();
    const auto view = other->describe({first, true}, control);
    REQUIRE_OK(view);
    CHECK(view->name == first);
    CHECK(view->provider == provider.info().name);
    CHECK_FALSE(view->definition.empty());
    const auto views = other->list({}, control);
    REQUIRE_OK(views);
    REQUIRE(views->size() == 2);
    CHECK((*views)[0].name == first);
    CHECK((*views)[1].name == second);

    REQUIRE_OK(provider.drop({first, false}, control));
    REQUIRE_ERROR(fixture.open()->describe({first, false}, control), ErrorCode::not_found);
    CHECK(provider.list({}, control)->size() == 1);
    create(fixture, provider, first, control);
  });
}

TEST_CASE("every provider: a name that is taken is a conflict, or left alone where that was asked for") {
  for_each_provider([](Fixture& fixture, Provider& provider, Control& control) {
    const auto name = fixture.name("daily_view");
    create(fixture, provider, name, control);
    const auto before = fixture.changes();
    REQUIRE_ERROR(provider.create(fixture.definition(name), control), ErrorCode::conflict);
    auto request = fixture.definition(name);
    request.if_not_exists = true;
    REQUIRE_OK(provider.create(request, control));
    CHECK(provider.list({}, control)->size() == 1);
    // Lance's create is asked and answers that itself.
    if (provider.info().name != "lance") CHECK(fixture.changes() == before);
  });
}

TEST_CASE("every provider: what can be told to be wrong without a backend is, and nothing is sent") {
  for_each_provider([](Fixture& fixture, Provider& provider, Control& control) {
    const auto name = fixture.name("daily_view");
    REQUIRE_ERROR(provider.create(fixture.invalid(name), control), ErrorCode::usage);
    REQUIRE_ERROR(provider.plan_create(fixture.invalid(name), control), ErrorCode::usage);
    CHECK(fixture.changes() == 0);
    CHECK(provider.list({}, control)->empty());
  });
}

TEST_CASE("every provider: plans change nothing, and those of services hold their requests with no secret in them") {
  for_each_provider([](Fixture& fixture, Provider& provider, Control& control) {
    const auto name = fixture.name("daily_view");
    const auto planned = provider.plan_create(fixture.definition(name), control);
    REQUIRE_OK(planned);
    CHECK(provider.list({}, control)->empty());
    create(fixture, provider, name, control);
    fixture.make_refreshable(name);
    const auto before = fixture.changes();
    const auto refresh = provider.plan_refresh({name, false, false, {}}, control);
    const auto drop = provider.plan_drop({name, false}, control);
    REQUIRE_OK(refresh);
    REQUIRE_OK(drop);
    CHECK(fixture.changes() == before);
    CHECK(provider.list({}, control)->size() == 1);
    for (const auto& plan : {*planned, *refresh, *drop}) {
      CHECK(plan.view == name);
      CHECK(plan.requests.empty() == !provider.info().asynchronous);
      for (const auto& request : plan.requests) {
        CHECK(request.url.starts_with("http://127.0.0.1:"));
        std::string all = request.url + request.body.value_or("");
        for (const auto& [field, value] : request.headers) all += value;
        CHECK(all.find("k3y") == std::string::npos);
        CHECK(all.find("of the tests") == std::string::npos);
        CHECK(all.find("of%20the%20tests") == std::string::npos);
      }
    }
  });
}

TEST_CASE("every provider: what is not there is not_found, and dropping it succeeds with --if-exists") {
  for_each_provider([](Fixture& fixture, Provider& provider, Control& control) {
    const auto name = fixture.name("nothing_here");
    REQUIRE_ERROR(provider.describe({name, false}, control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.refresh({name, false, false, {}}, control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.drop({name, false}, control), ErrorCode::not_found);
    REQUIRE_OK(provider.drop({name, true}, control));
    REQUIRE_ERROR(provider.job("01ZZ0000000000000000000000", control), ErrorCode::not_found);
  });
}

TEST_CASE("asynchronous providers: a refresh answers once it is accepted, and any process can follow it") {
  for_each_asynchronous_provider([](Fixture& fixture, Provider& provider, Control& control) {
    const auto name = fixture.name("daily_view");
    create(fixture, provider, name, control);
    fixture.make_refreshable(name);
    const auto job = provider.refresh({name, false, false, {}}, control);
    REQUIRE_OK(job);
    CHECK_FALSE(job->id.empty());
    CHECK(job->view == name);
    CHECK(job->operation == "refresh");
    CHECK(job->submitted_at.has_value());

    const auto other = fixture.open();
    const auto found = other->job(job->id, control);
    REQUIRE_OK(found);
    CHECK(found->id == job->id);
    const auto ended = follow(*other, *found, control);
    REQUIRE_OK(ended);
    const bool followed = provider.info().operations.contains(Operation::wait);
    CHECK(ended->state == (followed ? JobState::succeeded : JobState::submitted));
    const auto past = other->history({name, 10}, control);
    REQUIRE_OK(past);
    REQUIRE_FALSE(past->empty());
    CHECK(past->front().id == job->id);
  });
}

TEST_CASE("asynchronous providers: a stop or a deadline ends every call with its own code") {
  for (const auto& [signal, code] :
       {std::pair(SIGINT, ErrorCode::interrupted), std::pair(SIGTERM, ErrorCode::terminated)})
    for_each_asynchronous_provider([signal = signal, code = code](Fixture& fixture, Provider& provider, Control&) {
      TestControl test;
      test.stop = signal;
      REQUIRE_ERROR(provider.list({}, test.control), code);
      REQUIRE_ERROR(provider.refresh({fixture.name("daily_view"), false, false, {}}, test.control), code);
      TestControl late;
      late.control.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
      REQUIRE_ERROR(provider.list({}, late.control), ErrorCode::timeout);
      CHECK(fixture.changes() == 0);
    });
}

TEST_CASE("asynchronous providers: doctor fails nothing at a healthy backend") {
  for_each_asynchronous_provider([](Fixture&, Provider& provider, Control& control) {
    const auto checks = provider.doctor(control);
    REQUIRE_OK(checks);
    CHECK_FALSE(checks->empty());
    for (const auto& check : *checks) {
      CAPTURE(check.name);
      CAPTURE(check.message);
      CHECK(check.outcome != Check::Outcome::failed);
    }
  });
}
