#include "providers/thoughtspot/clock.hpp"
#include "providers/thoughtspot/materialization.hpp"
#include "providers/thoughtspot/view.hpp"
#include "support/json.hpp"
#include "thoughtspot_world.hpp"

using namespace matview;
using namespace matview::providers::thoughtspot;
using matview::test::thoughtspot::json_answer;

TEST_CASE("the window is told in hours and minutes, past midnight too") {
  CHECK(window_text("08:00PM", 8) == "20:00-04:00");
  CHECK(window_text("8:00 pm", 8) == "20:00-04:00");
  CHECK(window_text("12:00AM", 1.5) == "00:00-01:30");
  CHECK(window_text("12:15PM", 24) == "12:15-12:15");
  CHECK(window_text("02:00AM", 3) == "02:00-05:00");
  CHECK(window_text("20:30", 2) == "20:30-22:30");
  CHECK(window_text("8PM", 1) == "20:00-21:00");
}

TEST_CASE("a window that cannot be read is none") {
  for (const char* start : {"", "noon", "25:00", "13:00PM", "0:00AM", "08:61PM", "08:00PMX", "8:PM", "-1:00"}) {
    CAPTURE(start);
    CHECK(window_text(start, 8) == "");
  }
  CHECK(window_text("08:00PM", 0) == "");
  CHECK(window_text("08:00PM", -3) == "");
  CHECK(window_text("08:00PM", 25) == "");
  CHECK(window_text("08:00PM", std::numeric_limits<double>::quiet_NaN()) == "");
}

TEST_CASE("of the configuration nothing but what concerns materialization is kept") {
  const auto read = read_configuration(json_answer(200, R"({
    "mailConfig":{"password":"not-for-us"},
    "nested":{"materializationConfig":{"enabled":true,"maxMaterializedViewsPerCluster":50,
      "refreshWindowStartTime":"08:00PM","materializationHours":8}}})"));
  REQUIRE(read);
  REQUIRE(*read);
  CHECK((*read)->enabled == true);
  CHECK((*read)->most_views == 50);
  CHECK((*read)->window == "20:00-04:00");
  CHECK(support::to_json((*read)->raw).find("not-for-us") == std::string::npos);
}

TEST_CASE("a configuration of wrong types tells what it can") {
  const auto read = read_configuration(
      json_answer(200, R"({"materializationConfig":{"enabled":"yes","materializationHours":null}})"));
  REQUIRE(read);
  REQUIRE(*read);
  CHECK_FALSE((*read)->enabled);
  CHECK((*read)->window.empty());
  const auto none = read_configuration(json_answer(200, R"({"materializationConfig":7})"));
  REQUIRE(none);
  CHECK_FALSE(*none);
  CHECK_FALSE(read_configuration(json_answer(403, R"({"code":10004})")));
}

TEST_CASE("the date of an answer tells how far the clocks are apart") {
  const HttpResponse response{401, {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}, ""};
  const Time date{std::chrono::seconds(784111777)};
  CHECK(clock_ahead(response, date - std::chrono::hours(1)) == std::chrono::hours(1));
  CHECK(clock_ahead(response, date + std::chrono::minutes(2)) == -std::chrono::minutes(2));
  CHECK_FALSE(clock_ahead({401, {}, ""}, date));
  CHECK_FALSE(clock_ahead({401, {{"Date", "yesterday"}}, ""}, date));
}

TEST_CASE("the freshness is unknown unless the server says one of its words") {
  const auto read = [](const char* member) {
    View view;
    read_status(view, *support::parse_json(member));
    return view;
  };
  CHECK(read(R"({"materializationStatus":"Materialized"})").freshness == Freshness::fresh);
  CHECK(read(R"({"materializationStatus":"STALE"})").freshness == Freshness::stale);
  CHECK(read(R"({"materialization_state":"IN_PROGRESS"})").state == ViewState::refreshing);
  CHECK(read(R"({"materializationStatus":"Queued"})").state == ViewState::refreshing);
  CHECK(read(R"({"materializationStatus":"Error"})").state == ViewState::error);
  for (const char* other : {R"({"materializationStatus":"Unknown"})", R"({"materializationStatus":7})",
                            R"({"isMaterialized":"Materialized"})", "null", "[]"}) {
    CAPTURE(other);
    CHECK(read(other).freshness == Freshness::unknown);
    CHECK(read(other).state == ViewState::idle);
  }
}
