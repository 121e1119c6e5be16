#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/fake_backend.hpp"
#include "support/json.hpp"
#include "support/leaks.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

inline constexpr const char* k_ts_password = "pass/word=Q\"7&%w of etl";
inline constexpr const char* k_ts_secret_key = "0f0f-secret-key-of-the-cluster";
inline constexpr const char* k_ts_token = "bearer.token-that-is-secret";

/// The real binary in a sandbox, its profile made of nothing but the vendor's environment variables, and a fake server.
struct ThoughtSpotBox {
  FakeBackend fake;
  Sandbox sandbox;
  std::map<std::string, std::string> credentials{{"TS_USERNAME", "etl"}, {"TS_PASSWORD", k_ts_password}};

  explicit ThoughtSpotBox(Json options = Json::object()) : fake("thoughtspot", with_credentials(std::move(options))) {}

  static Json with_credentials(Json options) {
    const Json own{{"password", k_ts_password}, {"secret_key", k_ts_secret_key}, {"token", k_ts_token}};
    for (const auto& [key, value] : own.items())
      if (!options.contains(key)) options[key] = value;
    return options;
  }

  Command command(std::vector<std::string> arguments) const {
    auto command = sandbox.command(std::move(arguments));
    command.environment.insert({{"TS_URL", fake.url()}, {"MATVIEW_PROFILE", "thoughtspot"}});
    command.environment.insert(credentials.begin(), credentials.end());
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

  /// Adds a view; answers with its GUID.
  std::string add(const Json& view) {
    return fake.command({{"view", view}}).at("views").back().at("id").get<std::string>();
  }
  void set(const Json& options) { fake.command({{"set", options}}); }
  Json state() { return fake.command({{"state", true}}); }

  /// "POST session/login", …, in the order in which they came; "v2:" before a path of version 2.
  std::vector<std::string> sent() const {
    std::vector<std::string> lines;
    for (const auto& request : fake.requests()) {
      std::string path = request.path;
      for (const std::string base : {"/callosum/v1/tspublic/v1/", "/api/rest/2.0/"})
        if (path.starts_with(base)) path = (base.starts_with("/api") ? "v2:" : "") + path.substr(base.size());
      lines.push_back(request.method + " " + path);
    }
    return lines;
  }
  std::size_t count(std::string_view method, const std::string& path) const {
    return fake.requests(method, "/callosum/v1/tspublic/v1/" + path).size();
  }

  /// Every secret of the profile and of the server, and those of the sessions there have been.
  LeakSearch secrets() const {
    std::vector<std::string> all{k_ts_password,
                                 k_ts_secret_key,
                                 k_ts_token,
                                 "auth-token-that-nobody-may-see",
                                 "smtp-login-nobody-may-see",
                                 "storage-pw-nobody-may-see",
                                 "saml-key-nobody-may-see"};
    for (const auto& request : fake.requests())
      for (std::string cookies = request.header("cookie"); !cookies.empty();) {
        const auto end = std::min(cookies.find("; "), cookies.size());
        all.push_back(cookies.substr(cookies.find('=') + 1, end - cookies.find('=') - 1));
        cookies.erase(0, std::min(end + 2, cookies.size()));
      }
    return LeakSearch(all);
  }
};

inline const std::string k_ts_refresh = "materialization/refreshview/[^/]+";
inline const std::string k_ts_refresh_path = "/callosum/v1/tspublic/v1/materialization/refreshview/";

}  // namespace matview::test
