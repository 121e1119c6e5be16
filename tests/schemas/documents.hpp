#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/json.hpp"
#include "support/process.hpp"

namespace matview::test {

/// Documents with the schema that each has to fit.
class Documents {
 public:
  /// What a command prints with -o json, of that schema; it must be the only thing it prints.
  void add(const std::string& what, const std::string& schema, const std::string& text) {
    const Json document = parse_json(text);
    REQUIRE_MESSAGE(!document.is_discarded(), (what + ": no JSON: " + text));
    cases_ += Json{{"name", what}, {"schema", schema}, {"document", document}}.dump() + "\n";
  }
  /// The lines of -o jsonl: events, the last of them a summary.
  void add_events(const std::string& what, const std::string& text) {
    const auto lines = parse_json_lines(text);
    REQUIRE_MESSAGE(!lines.empty(), what);
    for (const auto& line : lines) add(what, "event", line.dump());
    CHECK_MESSAGE(lines.back().value("event", "") == "summary", what);
  }
  /// What does not fit, a line each.
  Outcome validate() const {
    Command command;
    command.program = MATVIEW_PYTHON;
    command.arguments = {MATVIEW_VALIDATE, MATVIEW_SCHEMAS};
    command.environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}};
    command.input = cases_;
    return run(command);
  }
  /// All of them fit.
  void check() const {
    const auto outcome = validate();
    CHECK_MESSAGE(outcome.exit_code == 0, (outcome.out + outcome.err));
    CHECK(outcome.out == "");
  }

 private:
  std::string cases_;
};

}  // namespace matview::test
