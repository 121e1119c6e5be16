#include "harness.hpp"

using namespace matview;
using namespace matview::test;

TEST_CASE("a new backend has no views") {
  for_each_provider([](Fixture&, Provider& provider, Control& control) {
    const auto views = provider.list({}, control);
    REQUIRE_OK(views);
    CHECK(views->empty());
  });
}

TEST_CASE("a created view is empty, idle and known by its name, also to another process") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    auto request = fixture.definition("daily");
    request.tags = {"sales", "nightly"};
    const auto created = provider.create(request, control);
    REQUIRE_OK(created);
    CHECK(created->name == "daily");
    CHECK(created->freshness == Freshness::empty);

    const auto view = fixture.open()->describe({"daily", true}, control);
    REQUIRE_OK(view);
    CHECK(view->name == "daily");
    CHECK(view->provider == provider.info().name);
    CHECK(view->freshness == Freshness::empty);
    CHECK(view->state == ViewState::idle);
    CHECK(view->definition == request.query);
    CHECK(view->tags == request.tags);
    CHECK(view->created_at.has_value());
    CHECK_FALSE(view->columns.empty());
  });
}

TEST_CASE("what is unknown before the first refresh is empty and not zero") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    const auto view = provider.describe({"daily", true}, control);
    REQUIRE_OK(view);
    CHECK_FALSE(view->version.has_value());
    CHECK_FALSE(view->rows.has_value());
    CHECK_FALSE(view->bytes.has_value());
    CHECK_FALSE(view->refreshed_at.has_value());
    CHECK_FALSE(view->last_job.has_value());
    CHECK(view->versions.empty());
  });
}

TEST_CASE("views are listed by name, and a list tells the same as describe") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    for (const char* name : {"b", "a", "c"}) REQUIRE_OK(provider.create(fixture.definition(name), control));
    const auto views = provider.list({true}, control);
    REQUIRE_OK(views);
    REQUIRE(views->size() == 3);
    CHECK((*views)[0].name == "a");
    CHECK((*views)[1].name == "b");
    CHECK((*views)[2].name == "c");
    const auto view = provider.describe({"b", false}, control);
    REQUIRE_OK(view);
    CHECK((*views)[1].definition == view->definition);
    CHECK((*views)[1].freshness == view->freshness);
    CHECK((*views)[1].created_at == view->created_at);
  });
}

TEST_CASE("a name that is taken is a conflict and the view stays as it was") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    auto request = fixture.definition("daily");
    REQUIRE_OK(provider.create(request, control));
    request.tags = {"other"};
    REQUIRE_ERROR(provider.create(request, control), ErrorCode::conflict);
    CHECK(provider.describe({"daily", false}, control)->tags.empty());
  });
}

TEST_CASE("--if-not-exists leaves a view as it is, --replace changes it") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    auto request = fixture.definition("daily");
    request.tags = {"new"};
    request.if_not_exists = true;
    REQUIRE_OK(provider.create(request, control));
    CHECK(provider.describe({"daily", false}, control)->tags.empty());

    request.if_not_exists = false;
    request.replace = true;
    REQUIRE_OK(provider.create(request, control));
    CHECK(provider.describe({"daily", false}, control)->tags == std::vector<std::string>{"new"});
    CHECK(provider.list({}, control)->size() == 1);
  });
}

TEST_CASE("a replaced definition keeps the rows and makes the view stale") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("base"), control));
    auto request = fixture.definition("daily");
    request.with_data = true;
    REQUIRE_OK(provider.create(request, control));
    REQUIRE_OK(provider.refresh({"base", false, false, {}}, control));
    auto other = fixture.reader("daily", "base");
    other.replace = true;
    REQUIRE_OK(provider.create(other, control));
    const auto view = provider.describe({"daily", false}, control);
    REQUIRE_OK(view);
    CHECK(view->freshness == Freshness::stale);
    CHECK_FALSE(view->freshness_reason.empty());
    CHECK(view->rows == RowFixture::k_rows);
  });
}

TEST_CASE("an invalid definition is a usage error and defines nothing") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_ERROR(provider.create(fixture.invalid("daily"), control), ErrorCode::usage);
    REQUIRE_ERROR(provider.plan_create(fixture.invalid("daily"), control), ErrorCode::usage);
    CHECK(provider.list({}, control)->empty());
  });
}

TEST_CASE("--with-data fills at once; where that fails the definition stays") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    auto request = fixture.definition("daily");
    request.with_data = true;
    const auto view = provider.create(request, control);
    REQUIRE_OK(view);
    CHECK(view->freshness == Freshness::fresh);
    CHECK(view->rows == RowFixture::k_rows);
    CHECK(view->version == 1);

    auto failing = fixture.failing("broken");
    failing.with_data = true;
    REQUIRE_ERROR(provider.create(failing, control), ErrorCode::failed);
    const auto broken = provider.describe({"broken", false}, control);
    REQUIRE_OK(broken);
    CHECK(broken->freshness == Freshness::empty);
    CHECK(broken->state == ViewState::error);
  });
}

TEST_CASE("odd names are names") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    const std::vector<std::string> names{
        "with space", "it's",        "say \"x\"",          "a.b.c", "Größe", "日本語", "SELECT", "percent%20",
        "semi;colon", "back\\slash", std::string(200, 'x')};
    for (const auto& name : names) {
      CAPTURE(name);
      auto request = fixture.definition(name);
      request.with_data = true;
      REQUIRE_OK(provider.create(request, control));
      const auto view = provider.describe({name, false}, control);
      REQUIRE_OK(view);
      CHECK(view->name == name);
      CHECK(view->rows == RowFixture::k_rows);
    }
    REQUIRE_OK(provider.create(fixture.reader("over", "it's"), control));
    REQUIRE_OK(provider.refresh({"over", false, false, {}}, control));
    CHECK(provider.list({}, control)->size() == names.size() + 1);
    REQUIRE_OK(provider.drop({"with space", false}, control));
    CHECK(provider.list({}, control)->size() == names.size());
  });
}

TEST_CASE("planning a create tells what it would do and changes nothing") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    const auto plan = provider.plan_create(fixture.definition("daily"), control);
    REQUIRE_OK(plan);
    CHECK(plan->view == "daily");
    CHECK(plan->operation == "create");
    CHECK(provider.list({}, control)->empty());
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_ERROR(provider.plan_create(fixture.definition("daily"), control), ErrorCode::conflict);
  });
}

TEST_CASE("a dropped view is gone with its jobs; its name can be taken again") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    auto request = fixture.definition("daily");
    request.with_data = true;
    REQUIRE_OK(provider.create(request, control));
    REQUIRE_OK(provider.plan_drop({"daily", false}, control));
    REQUIRE_OK(provider.describe({"daily", false}, control));
    REQUIRE_OK(provider.drop({"daily", false}, control));
    REQUIRE_ERROR(fixture.open()->describe({"daily", false}, control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.history({"daily", 10}, control), ErrorCode::not_found);

    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    const auto view = provider.describe({"daily", true}, control);
    REQUIRE_OK(view);
    CHECK(view->freshness == Freshness::empty);
    CHECK(view->versions.empty());
    CHECK(provider.history({"daily", 10}, control)->empty());
  });
}

TEST_CASE("dropping what is not there is not_found, unless --if-exists") {
  for_each_engine([](RowFixture&, Provider& provider, Control& control) {
    REQUIRE_ERROR(provider.drop({"nothing", false}, control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.plan_drop({"nothing", false}, control), ErrorCode::not_found);
    REQUIRE_OK(provider.drop({"nothing", true}, control));
  });
}

TEST_CASE("a view that others read from cannot be dropped, and the error names them") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("base"), control));
    REQUIRE_OK(provider.create(fixture.reader("over", "base"), control));
    const auto dropped = provider.drop({"base", false}, control);
    REQUIRE_ERROR(dropped, ErrorCode::conflict);
    CHECK(dropped.error().message.find("over") != std::string::npos);
    REQUIRE_ERROR(provider.plan_drop({"base", false}, control), ErrorCode::conflict);
    REQUIRE_OK(provider.drop({"over", false}, control));
    REQUIRE_OK(provider.drop({"base", false}, control));
  });
}

TEST_CASE("dependencies are told in both directions, and a cycle is refused") {
  for_each_engine([](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("base"), control));
    REQUIRE_OK(provider.create(fixture.reader("over", "base"), control));
    CHECK(provider.describe({"over", false}, control)->depends_on == std::vector<std::string>{"base"});
    CHECK(provider.describe({"base", false}, control)->downstream == std::vector<std::string>{"over"});

    auto circle = fixture.reader("base", "over");
    circle.replace = true;
    REQUIRE_ERROR(provider.create(circle, control), ErrorCode::usage);
    CHECK(provider.describe({"base", false}, control)->depends_on.empty());
  });
}
