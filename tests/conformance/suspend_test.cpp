#include "harness.hpp"

using namespace matview;
using namespace matview::test;

TEST_CASE("a suspended view says so, also to another process, until it is resumed; both may be done twice") {
  for_each_engine_with(Operation::suspend, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    const auto suspended = [&] {
      const auto view = fixture.open()->describe({"daily", false}, control);
      REQUIRE_OK(view);
      REQUIRE(view->suspended.has_value());
      CHECK(*view->suspended == !view->suspended_reason.empty());
      return *view->suspended;
    };
    CHECK_FALSE(suspended());
    for (int i = 0; i < 2; ++i) {
      const auto view = provider.suspend("daily", control);
      REQUIRE_OK(view);
      CHECK(view->name == "daily");
      CHECK(view->suspended == true);
      CHECK(suspended());
    }
    for (int i = 0; i < 2; ++i) {
      const auto view = provider.resume("daily", control);
      REQUIRE_OK(view);
      CHECK(view->suspended == false);
      CHECK_FALSE(suspended());
    }
  });
}

TEST_CASE("a suspended view is still refreshed when it is named") {
  for_each_engine_with(Operation::suspend, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.suspend("daily", control));
    REQUIRE_OK(provider.refresh({"daily", false, false, {}}, control));
    const auto view = provider.describe({"daily", false}, control);
    REQUIRE_OK(view);
    CHECK(view->version.has_value());
    CHECK(view->suspended == true);
  });
}

TEST_CASE("what is not there can neither be suspended nor resumed") {
  for_each_engine_with(Operation::suspend, [](RowFixture&, Provider& provider, Control& control) {
    REQUIRE_ERROR(provider.suspend("none", control), ErrorCode::not_found);
    REQUIRE_ERROR(provider.resume("none", control), ErrorCode::not_found);
  });
}
