#include "engine/refresh/refresh_mode.hpp"

#include <doctest/doctest.h>

#include "engine/refresh/reasons.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

ViewDefinition definition(const std::string& mode, const std::string& plan) {
  ViewDefinition view;
  view.name = "v";
  view.refresh_mode = mode;
  view.plan = plan;
  return view;
}

}  // namespace

TEST_CASE("incremental and strict are refused for a definition without a plan, with the coded reason") {
  for (const auto* mode : {"incremental", "strict"}) {
    const auto refused = require_mode(definition(mode, ""), "VOLATILE_FUNCTION", "random()");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::unsupported);
    CHECK(refused.error().message == "it can only be refreshed in full (VOLATILE_FUNCTION: random())");
    CHECK(require_mode(definition(mode, "{}"), "", ""));
  }
  CHECK(require_mode(definition("auto", ""), "RECURSION", ""));
  CHECK(require_mode(definition("full", ""), "RECURSION", ""));
}

TEST_CASE("strict fails a full refresh that nobody asked for") {
  const auto refused = allow_full(definition("strict", "{}"), "SOURCE_HISTORY_MISSING", "a.csv was changed in place");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::failed);
  CHECK(refused.error().message.find("SOURCE_HISTORY_MISSING: a.csv was changed in place") != std::string::npos);
  CHECK(refused.error().hint == "matview refresh 'v' --full computes everything once");
  for (const auto* code : {"NEVER_FILLED", "DEFINITION_CHANGED", "USER_SPECIFIED_FULL"})
    CHECK(allow_full(definition("strict", "{}"), code, ""));
  for (const auto* mode : {"auto", "incremental", "full"})
    CHECK(allow_full(definition(mode, "{}"), "SOURCE_HISTORY_MISSING", ""));
}

TEST_CASE("only auto weighs costs, and full is never incremental") {
  CHECK(weighs_cost(definition("auto", "{}")));
  CHECK_FALSE(weighs_cost(definition("incremental", "{}")));
  CHECK_FALSE(weighs_cost(definition("strict", "{}")));
  CHECK(allows_incremental(definition("strict", "{}")));
  CHECK_FALSE(allows_incremental(definition("full", "{}")));
}

TEST_CASE("what makes a result unstable is told apart: chance, clock, sample") {
  CHECK(code_of_unstable({"random()"}) == "VOLATILE_FUNCTION");
  CHECK(code_of_unstable({"now()", "uuid()"}) == "VOLATILE_FUNCTION");
  CHECK(code_of_unstable({"current_date"}) == "TIME_FUNCTION");
  CHECK(code_of_unstable({"now()", "TABLESAMPLE"}) == "SAMPLE");
  for (const auto& reason : k_coded_reasons) CHECK(is_coded_reason(reason.code));
  CHECK_FALSE(is_coded_reason("NO_SUCH_REASON"));
}
