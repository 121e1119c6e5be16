#include "harness.hpp"

using namespace matview;
using namespace matview::test;

namespace {

std::int64_t count_rows(RowStream& stream) {
  std::int64_t count = 0;
  std::vector<RowStream::Row> batch;
  while (true) {
    const auto more = stream.next(batch);
    REQUIRE_OK(more);
    if (!*more) return count;
    for (const auto& row : batch) CHECK(row.size() == stream.columns().size());
    count += static_cast<std::int64_t>(batch.size());
  }
}

}  // namespace

TEST_CASE("a query reads the stored rows, and old versions when asked") {
  for_each_engine_with(Operation::query, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh({"daily", false, false, {}}, control));
    fixture.change(provider, "daily");
    QueryRequest request;
    request.sql = fixture.select_all("daily");
    {
      const auto stale = provider.query(request, control);
      REQUIRE_OK(stale);
      CHECK(count_rows(**stale) == RowFixture::k_rows);
    }
    provider.begin_run();
    REQUIRE_OK(provider.refresh({"daily", false, false, {}}, control));
    {
      const auto fresh = provider.query(request, control);
      REQUIRE_OK(fresh);
      CHECK_FALSE((*fresh)->columns().empty());
      CHECK(count_rows(**fresh) == RowFixture::k_rows_changed);
    }
    request.version = 1;
    {
      const auto old = provider.query(request, control);
      REQUIRE_OK(old);
      CHECK(count_rows(**old) == RowFixture::k_rows);
    }
    request.version = 99;
    REQUIRE_ERROR(provider.query(request, control), ErrorCode::not_found);
  });
}

TEST_CASE("a query keeps its version while the view is refreshed") {
  for_each_engine_with(Operation::query, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh({"daily", false, false, {}}, control));
    QueryRequest request;
    request.sql = fixture.select_all("daily");
    const auto stream = provider.query(request, control);
    REQUIRE_OK(stream);
    const auto other = fixture.open();
    fixture.change(*other, "daily");
    other->begin_run();
    REQUIRE_OK(other->refresh({"daily", false, false, {}}, control));
    CHECK(count_rows(**stream) == RowFixture::k_rows);
  });
}

TEST_CASE("verify finds stored rows equal to a recompute") {
  for_each_engine_with(Operation::verify, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh({"daily", false, false, {}}, control));
    const auto result = provider.verify({"daily", 5, {}}, control);
    REQUIRE_OK(result);
    CHECK(result->view == "daily");
    CHECK(result->version == 1);
    CHECK(result->equal);
    CHECK(result->rows_stored == RowFixture::k_rows);
    CHECK(result->rows_missing == 0);
    CHECK(result->rows_extra == 0);
    CHECK(provider.history({"daily", 5}, control)->size() == 1);
  });
}

TEST_CASE("verifying a view that was never filled is an error and no verdict") {
  for_each_engine_with(Operation::verify, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    CHECK_FALSE(provider.verify({"daily", 5, {}}, control).has_value());
  });
}

TEST_CASE("gc of a healthy backend removes nothing that is needed, dry or not") {
  for_each_engine_with(Operation::gc, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    REQUIRE_OK(provider.refresh({"daily", false, false, {}}, control));
    for (const bool dry : {true, false}) {
      GcRequest request;
      request.dry_run = dry;
      const auto report = provider.gc(request, control);
      REQUIRE_OK(report);
      CHECK(report->versions_removed == 0);
      CHECK(report->files_removed == 0);
    }
    CHECK(provider.describe({"daily", false}, control)->rows == RowFixture::k_rows);
  });
}

TEST_CASE("doctor finds a healthy backend healthy") {
  for_each_engine_with(Operation::doctor, [](RowFixture& fixture, Provider& provider, Control& control) {
    REQUIRE_OK(provider.create(fixture.definition("daily"), control));
    const auto checks = provider.doctor(control);
    REQUIRE_OK(checks);
    CHECK_FALSE(checks->empty());
    for (const auto& check : *checks) {
      CAPTURE(check.name);
      CAPTURE(check.message);
      CHECK(check.outcome == Check::Outcome::ok);
    }
  });
}

TEST_CASE("every option of a provider has a help line, an operation and kebab case") {
  for_each_provider([](Fixture&, Provider& provider, Control&) {
    CHECK_FALSE(provider.info().summary.empty());
    for (const auto& option : provider.info().options) {
      CAPTURE(option.name);
      CHECK_FALSE(option.help.empty());
      CHECK_FALSE(option.help.ends_with("."));
      CHECK_FALSE(option.operations.empty());
      CHECK(option.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
    }
  });
}
