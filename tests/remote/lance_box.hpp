#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/fake_backend.hpp"
#include "support/json.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

/// The real binary in a sandbox, its profile `lance` made of nothing but environment variables, and the fake namespace
/// with a table `docs` in it.
struct LanceBox {
  FakeBackend fake;
  Sandbox sandbox;
  std::map<std::string, std::string> variables;

  explicit LanceBox(Json options = Json::object()) : fake("lance", with_key(std::move(options))) {
    variables = {{"LANCEDB_API_KEY", "k3y-of-the-tests"},
                 {"LANCEDB_URI", fake.url()},
                 {"MATVIEW_PROFILE", "lance"},
                 {"MATVIEW_PROFILES_LANCE_POLL_INTERVAL", "10ms"}};
    fake.command(R"({"table":{"id":["docs"],"rows":7}})");
  }

  Command command(std::vector<std::string> arguments) const {
    auto command = sandbox.command(std::move(arguments));
    command.environment.insert(variables.begin(), variables.end());
    return command;
  }
  Outcome run(std::vector<std::string> arguments) const { return test::run(command(std::move(arguments))); }

  /// The document that a command prints with -o json; it must succeed.
  Json json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-o", "json"});
    const auto outcome = run(std::move(arguments));
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    return parse_json(outcome.out);
  }

  /// Makes a view of `docs`; what more is said of it goes into its source query.
  void make(const std::string& name, const std::string& more = "") const {
    const auto outcome = run({"create", name, "--query", R"({"source_table":"docs")" + more + "}", "--output-schema",
                              "id int64", "--quiet"});
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
  }
  void set(const std::string& options) { fake.command(R"({"set":)" + options + "}"); }

  std::size_t count(std::string_view method, const std::string& path) const {
    return fake.requests(method, path).size();
  }

 private:
  static Json with_key(Json options) {
    if (!options.contains("credentials")) options["credentials"] = {{"api_key", "k3y-of-the-tests"}};
    return options;
  }
};

inline constexpr const char* k_lance_create = "/v1/materialized_view/[^/]+/create";
inline constexpr const char* k_lance_refresh = "/v1/materialized_view/[^/]+/refresh";
inline constexpr const char* k_lance_drop = "/v1/table/[^/]+/drop";
inline constexpr const char* k_lance_job = "/v1/jobs/describe";

inline bool tells(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace matview::test
