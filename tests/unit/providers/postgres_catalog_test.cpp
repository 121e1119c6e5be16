#include <doctest/doctest.h>

#include "providers/postgres/catalog.hpp"
#include "providers/postgres/describe.hpp"
#include "providers/postgres/errors.hpp"
#include "providers/postgres/records.hpp"
#include "providers/postgres/refresh.hpp"

using namespace matview;
using namespace matview::providers::postgres;

namespace {

Edge edge(std::int64_t reader, char reader_kind, const char* reader_name, std::int64_t source, char source_kind,
          const char* source_name) {
  return {reader, source, {"public", reader_name}, {"public", source_name}, reader_kind, source_kind};
}

StoredView filled(Value indexes = {}) {
  StoredView view;
  view.oid = 7;
  view.name = {"public", "v"};
  view.shown = "v";
  view.populated = true;
  view.indexes = std::move(indexes);
  return view;
}

Value index(bool unique, bool valid, bool covers_all) {
  return Value::Array{Value::Object{{"unique", unique}, {"valid", valid}, {"covers_all", covers_all}}};
}

}  // namespace

TEST_CASE("postgres: SQLSTATEs have codes, by themselves or by their class") {
  CHECK(code_of("28P01") == ErrorCode::auth);
  CHECK(code_of("42501") == ErrorCode::auth);
  CHECK(code_of("42P07") == ErrorCode::conflict);
  CHECK(code_of("2BP01") == ErrorCode::conflict);
  CHECK(code_of("42P01") == ErrorCode::not_found);
  CHECK(code_of("3D000") == ErrorCode::not_found);
  CHECK(code_of("55P03") == ErrorCode::locked);
  CHECK(code_of("57014") == ErrorCode::timeout);
  CHECK(code_of("57P03") == ErrorCode::unavailable);
  CHECK(code_of("08006") == ErrorCode::unavailable);
  CHECK(code_of("42601") == ErrorCode::usage);
  CHECK(code_of("22012") == ErrorCode::failed);
  CHECK(code_of("") == ErrorCode::failed);
}

TEST_CASE("postgres: an error is one line with its SQLSTATE, made safe for a terminal") {
  const auto error = to_error({"55P03", "lock\x1b[31m not\navailable", "more\nlines", "wait", ""});
  CHECK(error.message == "lock not available (SQLSTATE 55P03)");
  CHECK(error.detail == "more\nlines");
  CHECK(error.hint == "wait");
  CHECK(error.retryable);
}

TEST_CASE("postgres: what libpq says of a connection that was not made has a code") {
  CHECK(connection_error("FATAL:  password authentication failed for user \"x\"\n", false).code == ErrorCode::auth);
  CHECK(connection_error("fe_sendauth: no password supplied", true).code == ErrorCode::auth);
  CHECK(connection_error("FATAL:  database \"x\" does not exist", false).code == ErrorCode::not_found);
  CHECK(connection_error("definition of service \"x\" not found", false).code == ErrorCode::usage);
  CHECK(connection_error("could not connect: Connection refused\n\tIs it running?", false).code ==
        ErrorCode::unavailable);
}

TEST_CASE("postgres: a view is refreshed concurrently where a unique index over all rows allows it") {
  CHECK(filled(index(true, true, true)).why_not_concurrently().empty());
  CHECK(filled(index(false, true, true)).why_not_concurrently() == "it has no unique index");
  CHECK(filled(index(true, false, true)).why_not_concurrently() == "it has no unique index");
  CHECK(filled(index(true, true, false)).why_not_concurrently() ==
        "its unique index is over expressions or some rows only");
  CHECK(filled().why_not_concurrently() == "it has no unique index");
  auto empty = filled(index(true, true, true));
  empty.populated = false;
  CHECK(empty.why_not_concurrently() == "it was never filled");

  CHECK(choose_mode(filled(index(true, true, true)), {}).value().concurrently);
  CHECK_FALSE(choose_mode(filled(index(true, true, true)), {{"concurrently", {"never"}}}).value().concurrently);
  CHECK_FALSE(choose_mode(filled(), {}).value().concurrently);
  CHECK(choose_mode(filled(), {{"concurrently", {"always"}}}).error().code == ErrorCode::conflict);
}

TEST_CASE("postgres: dependencies go through plain views, also round in circles, and stop at materialized ones") {
  Catalog catalog;
  catalog.current_schema = "public";
  catalog.edges = {edge(1, 'm', "top", 2, 'v', "plain"),     edge(2, 'v', "plain", 3, 'm', "middle"),
                   edge(3, 'm', "middle", 4, 'm', "bottom"), edge(4, 'm', "bottom", 5, 'r', "orders"),
                   edge(2, 'v', "plain", 6, 'v', "other"),   edge(6, 'v', "other", 2, 'v', "plain")};
  CHECK(upstream_of(catalog, 1) == std::vector<std::string>{"middle"});
  CHECK(downstream_of(catalog, 3) == std::vector<std::string>{"top"});
  CHECK(readers_of(catalog, 3) == std::vector<std::string>{"plain"});
  CHECK(upstream_of(catalog, 4).empty());
  REQUIRE(sources_of(catalog, 4).size() == 1);
  CHECK(sources_of(catalog, 4)[0].name == "orders");
  CHECK(sources_of(catalog, 4)[0].kind == "table");
  CHECK(sources_of(catalog, 3)[0].kind == "view");
}

TEST_CASE("postgres: a view's state comes from the server first and from its records then") {
  Catalog catalog;
  JobRecord failed;
  failed.job.state = JobState::failed;
  JobRecord done;
  done.job.state = JobState::succeeded;
  done.job.finished_at = Time(std::chrono::seconds(1000));
  auto view = filled();
  CHECK(to_view(view, catalog, {}).freshness == Freshness::unknown);
  const auto after_failure = to_view(view, catalog, {failed, done});
  CHECK(after_failure.state == ViewState::error);
  CHECK(after_failure.refreshed_at == done.job.finished_at);
  view.running = Value::Object{{"pid", 12}};
  CHECK(to_view(view, catalog, {failed}).state == ViewState::refreshing);
  view.populated = false;
  CHECK(to_view(view, catalog, {done}).freshness == Freshness::empty);
  CHECK_FALSE(to_view(view, catalog, {done}).refreshed_at.has_value());
}

TEST_CASE("postgres: a clue survives the record") {
  const auto clue = read_clue(to_value(Clue{5, "12", "2026-01-01 00:00:00+00"}));
  CHECK(clue.oid == 5);
  CHECK(clue.pid == "12");
  CHECK(clue.backend_start == "2026-01-01 00:00:00+00");
  CHECK(read_clue(Value("nonsense")).pid.empty());
}
