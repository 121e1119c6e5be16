#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// A home, a project folder and an /etc of a test's own, with providers that have every sort of key.
class World {
 public:
  World() : environment(directory.path() / "work") {
    environment.set("HOME", (directory.path() / "home").string());
    std::filesystem::create_directories(directory.path() / "work");
    options.system_file = directory.path() / "etc/matview/config.toml";
    ProviderInfo local;
    local.name = "local";
    local.settings = {"store", "timezone", "threads", "memory_limit", "retain", "retain_for"};
    ProviderInfo remote;
    remote.name = "remote";
    remote.settings = {"url", "username", "api_key", "password"};
    remote.variables = {{"api_key", "REMOTE_API_KEY"}, {"url", "REMOTE_URL"}};
    providers = {local, remote};
  }

  std::filesystem::path system(std::string_view text) const { return directory.write("etc/matview/config.toml", text); }
  std::filesystem::path user(std::string_view text) const {
    return directory.write("home/.config/matview/config.toml", text);
  }
  std::filesystem::path project(std::string_view text) const { return directory.write("work/matview.toml", text); }

  Result<config::Config> load() const { return config::Config::load(environment, providers, options); }

  /// The error of a load that must fail; empty where it did not.
  Error error() const {
    auto loaded = load();
    return loaded ? Error() : std::move(loaded).error();
  }

  /// A setting of a profile; all empty where there is none.
  config::Setting value(std::string_view profile, const std::string& key) const {
    const auto loaded = load();
    if (!loaded) return {"error", loaded.error().message, {}, false};
    const auto found = loaded->profile(profile);
    if (!found) return {"error", found.error().message, {}, false};
    const auto setting = (*found)->settings.find(key);
    return setting == (*found)->settings.end() ? config::Setting{} : setting->second;
  }

  TemporaryDirectory directory;
  FakeEnvironment environment;
  config::LoadOptions options;
  std::vector<ProviderInfo> providers;
};

}  // namespace matview::test
