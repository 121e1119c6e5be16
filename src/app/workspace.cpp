#include "app/workspace.hpp"

#include <fmt/format.h>

#include <vector>

namespace matview::app {

Workspace::Workspace(Registry registry, const config::Config& config, const Environment& environment)
    : registry_(registry), config_(config), environment_(environment) {}

Result<const config::Profile*> Workspace::profile(std::string_view name) const {
  if (name.empty()) return &config_.default_profile();
  return config_.profile(name);
}

Result<const ProviderInfo*> Workspace::info(std::string_view profile_name) const {
  MATVIEW_ASSIGN(const config::Profile* const found, profile(profile_name));
  const ProviderEntry* entry = find_provider(registry_, found->provider);
  if (!entry)
    return fail(ErrorCode::usage,
                fmt::format("profile '{}' names the unknown provider '{}'", found->name, found->provider));
  return &entry->info();
}

Result<Provider*> Workspace::open(std::string_view profile_name) {
  MATVIEW_ASSIGN(const config::Profile* const found, profile(profile_name));
  if (const auto opened = open_.find(found->name); opened != open_.end()) return opened->second.get();
  MATVIEW_ASSIGN(const ProviderInfo* const provider, info(found->name));

  auto settings = config::provider_settings(*found);
  if (!settings) return fail(attribute(std::move(settings).error(), found->name));
  ProviderContext context{found->name, *std::move(settings), environment_};
  for (const auto& [key, value] : common_) context.settings.insert_or_assign(key, value);
  auto opened = find_provider(registry_, provider->name)->open(context);
  if (!opened) return fail(attribute(std::move(opened).error(), found->name));
  return open_.emplace(found->name, *std::move(opened)).first->second.get();
}

Result<void> Workspace::require(std::string_view profile_name, Operation operation) const {
  MATVIEW_ASSIGN(const ProviderInfo* const provider, info(profile_name));
  if (provider->operations.contains(operation)) return {};
  std::vector<std::string> able;
  for (const auto& entry : registry_)
    if (entry.info().operations.contains(operation)) able.push_back(entry.info().name);
  Error error(ErrorCode::unsupported,
              fmt::format("the provider '{}' cannot do '{}'", provider->name, to_string(operation)));
  error.hint = able.empty() ? "no provider of this program can" : fmt::format("these can: {}", fmt::join(able, ", "));
  return fail(attribute(std::move(error), profile_name));
}

Error Workspace::attribute(Error error, std::string_view profile_name) const {
  if (error.profile.empty()) error.profile = profile_name.empty() ? profile_in_use() : std::string(profile_name);
  if (error.provider.empty())
    if (const auto found = config_.profile(error.profile)) error.provider = (*found)->provider;
  return error;
}

}  // namespace matview::app
