#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/fake_backend.hpp"
#include "support/json.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

/// The real binary in a sandbox, its profile `dune` made of nothing but environment variables, and the fake service.
struct DuneBox {
  FakeBackend fake;
  Sandbox sandbox;

  explicit DuneBox(Json options = Json::object()) : fake("dune", std::move(options)) {}

  Command command(std::vector<std::string> arguments) const {
    auto command = sandbox.command(std::move(arguments));
    command.environment.insert({{"DUNE_API_KEY", "k3y"},
                                {"DUNE_API_BASE_URL", fake.url()},
                                {"MATVIEW_PROFILE", "dune"},
                                {"MATVIEW_PROFILES_DUNE_POLL_INTERVAL", "10ms"}});
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

  /// Makes views without any request; answers with the ids of their executions, oldest first.
  Json seed(const std::string& views) { return fake.command(R"({"seed":{"views":)" + views + "}}"); }
  void set(const std::string& options) { fake.command(R"({"set":)" + options + "}"); }

  /// How often that was asked of the service.
  std::size_t count(std::string_view method, const std::string& path) const {
    return fake.requests(method, path).size();
  }
  /// Requests that start or change something.
  std::size_t writes() const {
    std::size_t found = 0;
    for (const auto& request : fake.requests()) found += request.method != "GET" && request.path != "/api/v1/usage";
    return found;
  }
};

inline constexpr const char* k_dune_views = "/api/v1/materialized-views";
inline constexpr const char* k_dune_refresh = "/api/v1/materialized-views/[^/]+/refresh";
inline constexpr const char* k_dune_status = "/api/v1/execution/[^/]+/status";
inline constexpr const char* k_dune_cancel = "/api/v1/execution/[^/]+/cancel";

inline bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace matview::test
