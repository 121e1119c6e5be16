#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "matview/registry.hpp"

namespace matview::app {

/// The profiles of a configuration, each opened when it is first needed.
/// Errors carry the profile and the provider they belong to.
class Workspace {
 public:
  Workspace(Registry registry, const config::Config& config, const Environment& environment);

  /// Settings for every provider opened from now on, over those of its profile ("retries", "trace_http").
  void set_common(std::map<std::string, std::string> settings) { common_ = std::move(settings); }

  /// The provider of a profile; empty: of the one in use. Lives as long as the workspace.
  /// `not_found` for an unknown profile, `usage` for bad settings.
  Result<Provider*> open(std::string_view profile);

  /// What is known of a profile's provider without opening it.
  Result<const ProviderInfo*> info(std::string_view profile) const;

  /// `unsupported`, naming the providers that can, if the profile's provider cannot do it.
  Result<void> require(std::string_view profile, Operation operation) const;

  /// The name of the profile in use.
  const std::string& profile_in_use() const { return config_.default_profile().name; }

  const config::Config& config() const { return config_; }
  Registry registry() const { return registry_; }
  const Environment& environment() const { return environment_; }

  /// `error` with profile and provider filled in.
  Error attribute(Error error, std::string_view profile) const;

 private:
  Result<const config::Profile*> profile(std::string_view name) const;

  Registry registry_;
  const config::Config& config_;
  const Environment& environment_;
  std::map<std::string, std::string> common_;
  std::map<std::string, std::unique_ptr<Provider>, std::less<>> open_;
};

}  // namespace matview::app
