#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "matview/registry.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// A provider that can do nothing but be examined.
class ExaminedProvider final : public Provider {
 public:
  ExaminedProvider(const ProviderInfo& info, std::vector<Check> checks) : info_(info), checks_(std::move(checks)) {}

  const ProviderInfo& info() const override { return info_; }
  Result<std::vector<Check>> doctor(Control&) override { return checks_; }

  static const ProviderInfo& local_info() {
    static const ProviderInfo k_info = [] {
      ProviderInfo info;
      info.name = "local";
      info.settings = {"store", "timezone", "threads"};
      return info;
    }();
    return k_info;
  }
  static Result<std::unique_ptr<Provider>> open_local(const ProviderContext&) {
    return std::make_unique<ExaminedProvider>(local_info(),
                                              std::vector<Check>{{"engine", Check::Outcome::ok, "is there", ""}});
  }

  static const ProviderInfo& remote_info() {
    static const ProviderInfo k_info = [] {
      ProviderInfo info;
      info.name = "remote";
      info.settings = {"url", "api_key", "insecure", "ca_file"};
      return info;
    }();
    return k_info;
  }
  static Result<std::unique_ptr<Provider>> open_remote(const ProviderContext& context) {
    if (context.settings.count("url") == 0) return fail(ErrorCode::usage, "no url");
    return std::make_unique<ExaminedProvider>(
        remote_info(), std::vector<Check>{{"reachability", Check::Outcome::failed, "nobody answers", "call them"}});
  }

 private:
  const ProviderInfo& info_;
  std::vector<Check> checks_;
};

inline const std::array<ProviderEntry, 2> k_examined_providers{
    ProviderEntry{&ExaminedProvider::local_info, &ExaminedProvider::open_local},
    ProviderEntry{&ExaminedProvider::remote_info, &ExaminedProvider::open_remote},
};

/// A home of a test's own with a configuration file.
class ConfiguredWorld {
 public:
  ConfiguredWorld() : environment(directory.path()) {
    environment.set("HOME", directory.path().string());
    options.system_file = directory.path() / "none.toml";
  }

  std::filesystem::path user(std::string_view text) const {
    return directory.write(".config/matview/config.toml", text);
  }

  Result<config::Config> load() const {
    const std::vector<ProviderInfo> infos{ExaminedProvider::local_info(), ExaminedProvider::remote_info()};
    return config::Config::load(environment, infos, options);
  }

  TemporaryDirectory directory;
  FakeEnvironment environment;
  config::LoadOptions options;
};

}  // namespace matview::test
