#include "engine/refresh/operation_database.hpp"

#include "../store/store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

struct OpenFixture : StoreFixture {
  std::unique_ptr<Store> store = open();
  RunSources sources{*store};
  EngineContext context{*store, sources, environment, {}};

  static std::string setting(const OperationDatabase& opened, const std::string& name) {
    return value_of(opened.database->rows("SELECT current_setting('" + name + "')")).at(0).at(0).value_or("");
  }
  std::string threads(double source_bytes) {
    return setting(value_of(open_database(context, {"UTC", RowOrder::any, source_bytes})), "threads");
  }
};

}  // namespace

TEST_CASE_FIXTURE(OpenFixture, "little data takes one thread unless the settings say how many") {
  const auto all = threads(0);
  CHECK(threads(1000) == "1");
  CHECK(threads(1e9) == all);
  context.database.threads = 3;
  CHECK(threads(1000) == "3");
  CHECK(threads(0) == "3");
}

TEST_CASE_FIXTURE(OpenFixture, "optimizers that change what a query says are off") {
  ViewDefinition definition;
  definition.time_zone = "UTC";
  definition.sql = "SELECT 1 AS one";
  const auto disabled = [&] {
    return setting(value_of(open_database(context, database_needs(definition))), "disabled_optimizers");
  };
  CHECK(disabled() == "common_subplan");
  definition.sql = "SELECT * FROM (SELECT 1 AS one Limit 1) JOIN (SELECT 1 AS one) USING (one)";
  CHECK(disabled() == "join_filter_pushdown,common_subplan");  // in the order DuckDB has them
}

TEST_CASE_FIXTURE(OpenFixture, "a database that is opened ahead is the same") {
  auto opening = open_database_ahead(context, {"Asia/Tokyo", RowOrder::kept, 1000});
  const auto opened = value_of(opening.get());
  CHECK(setting(opened, "TimeZone") == "Asia/Tokyo");
  CHECK(setting(opened, "preserve_insertion_order") == "true");
  CHECK(setting(opened, "threads") == "1");
  CHECK(setting(opened, "temp_directory") == opened.temporary_directory->string());
}
