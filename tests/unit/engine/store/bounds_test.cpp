#include "engine/store/bounds.hpp"

#include <doctest/doctest.h>

#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

TEST_CASE("numbers are compared as numbers, of any length") {
  CHECK(bound_less("int64", "9", "10") == true);
  CHECK(bound_less("int64", "-9", "-10") == false);
  CHECK(bound_less("int64", "-1", "1") == true);
  CHECK(bound_less("uint64", "18446744073709551615", "9") == false);
  CHECK(bound_less("decimal(38,10)", "12345678901234567890.5", "12345678901234567890.49") == false);
  CHECK(bound_less("decimal(5,2)", "-0.00", "0.00") == false);
  CHECK(bound_less("decimal(5,2)", "0.00", "-0.00") == false);
  CHECK(bound_less("float64", "1e3", "999") == false);
  CHECK(bound_less("float64", "-inf", "0") == true);
  CHECK_FALSE(bound_less("float64", "nan", "0").has_value());
  CHECK_FALSE(bound_less("int64", "x", "1").has_value());
}

TEST_CASE("dates and times are compared while their texts sort as they do") {
  CHECK(bound_less("date", "2020-01-02", "2020-01-10") == true);
  CHECK_FALSE(bound_less("date", "12020-01-02", "2020-01-10").has_value());
  CHECK_FALSE(bound_less("date", "infinity", "2020-01-10").has_value());
  CHECK_FALSE(bound_less("date", "2020-01-02 (BC)", "2020-01-10").has_value());
  CHECK(bound_less("timestamp", "2020-01-01 00:00:00", "2020-01-01 00:00:00.5") == true);
  CHECK(bound_less("timestamptz", "2020-01-01 00:00:00+00", "2020-01-01 00:00:00.5+00") == true);
  CHECK_FALSE(bound_less("timestamptz", "2020-01-01 00:00:00+02", "2020-01-01 00:00:00+00").has_value());
  CHECK(bound_less("time", "09:00:00", "10:00:00") == true);
}

TEST_CASE("texts are compared bytewise, and types without statistics not at all") {
  CHECK(bound_less("varchar", "Z", "a") == true);
  CHECK(bound_less("varchar", "z", "\xc3\xa4") == true);
  CHECK(bound_less("blob", "0A", "FF") == true);
  CHECK(bound_less("boolean", "0", "1") == true);
  CHECK_FALSE(bound_less("interval", "1 day", "2 days").has_value());
  CHECK_FALSE(bound_less("timetz", "1", "2").has_value());
  CHECK_FALSE(bound_less("json", "1", "2").has_value());
}

TEST_CASE_FIXTURE(StoreFixture, "statistics of a table hold for every version that is left") {
  const auto store = open();
  ViewDefinition view = definition("v");
  view.retention.versions = 2;
  const auto id = value_of(store->create_view(view)).view_id;
  const auto refresh_with = [&](const std::string& file, ColumnStats stats) {
    NewDataFile made = write_file(*store, id, file, file, 4);
    made.columns = {std::move(stats)};
    value_of(store->commit_refresh(next_commit(*store, id, {made})));
  };
  const std::string column =
      "SELECT contains_null, min_value, max_value FROM ducklake_table_column_stats"
      " WHERE column_id = 1";
  refresh_with("a", {{"id"}, 1, 4, 0, "9", "10", std::nullopt});
  CHECK(query(column) == "0,9,10");
  refresh_with("b", {{"id"}, 1, 4, 1, "-5", "8", std::nullopt});
  CHECK(query(column) == "1,-5,10");
  refresh_with("c", {{"id"}, 1, 4, 4, std::nullopt, std::nullopt, std::nullopt});
  CHECK(query(column) == "1,-5,8");
  refresh_with("d", {{"id"}, 1, 4, 0, std::nullopt, std::nullopt, std::nullopt});
  CHECK(query(column) == "1,,");
  // As many records as the bounds are of, lest a reader takes them for exact at the newest version.
  CHECK(query("SELECT record_count, next_row_id FROM ducklake_table_stats") == "8,16");
  CHECK(query("SELECT row_id_start FROM ducklake_data_file ORDER BY 1") == "8 12");
  // A column nobody told anything of is unknown, not without values.
  CHECK(query("SELECT contains_null, coalesce(min_value, 'unknown') FROM ducklake_table_column_stats"
              " WHERE column_id = 2") == "1,unknown");
}

TEST_CASE_FIXTURE(StoreFixture, "field ids stay with a column and are never given twice") {
  const auto store = open();
  ViewDefinition view = definition("v");
  view.columns = {
      {"a", "BIGINT", "BIGINT"}, {"s", "X", "STRUCT(x INTEGER, \"y'z\" VARCHAR[])"}, {"m", "X", "MAP(VARCHAR, DATE)"}};
  const auto id = value_of(store->create_view(view)).view_id;
  CHECK(field_ids_sql(value_of(store->field_ids(id, view.columns))) ==
        "{'a': 1, 's': {'__duckdb_field_id': 2, 'x': 3, 'y''z': {'__duckdb_field_id': 4, 'element': 5}},"
        " 'm': {'__duckdb_field_id': 6, 'key': 7, 'value': 8}}");
  const auto ids = [&](const std::vector<StoredColumn>& columns) {
    return field_ids_sql(value_of(store->field_ids(id, columns)));
  };
  const std::vector<StoredColumn> other{{"m", "X", "MAP(VARCHAR, DATE)"}, {"a", "DOUBLE", "DOUBLE"}};
  CHECK(ids(other) == "{'m': {'__duckdb_field_id': 6, 'key': 7, 'value': 8}, 'a': 9}");
  const auto refresh_with = [&](const std::string& file) {
    NewDataFile made = write_file(*store, id, file, file);
    made.columns.clear();
    value_of(store->commit_refresh(next_commit(*store, id, {made})));
  };
  refresh_with("a");
  view.columns = other;
  value_of(store->replace_definition(id, view));
  refresh_with("b");
  CHECK(ids({{"a", "BIGINT", "BIGINT"}}) == "{'a': 10}");
  CHECK(query("SELECT changes_made FROM ducklake_snapshot_changes ORDER BY snapshot_id DESC LIMIT 1") ==
        "deleted_from_table:1,altered_table:1,inserted_into_table:1");
  CHECK(query("SELECT column_id, column_order FROM ducklake_column WHERE end_snapshot IS NULL ORDER BY 2") ==
        "6,1 7,2 8,3 9,4");
}
