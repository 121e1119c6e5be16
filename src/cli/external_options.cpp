#include "cli/external_options.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "app/workspace.hpp"
#include "config/config.hpp"

namespace matview::cli {

namespace {

using Words = std::vector<std::string>;

/// The value of an option in words that are not understood yet: "-P x", "-Px", "--profile x", "--profile=x".
std::optional<std::string> value_of(const Words& words, const std::string& option, const std::string& letter) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const auto& word = words[i];
    if ((word == option || (!letter.empty() && word == letter)) && i + 1 < words.size()) return words[i + 1];
    if (word.starts_with(option + "=")) return word.substr(option.size() + 1);
    if (!letter.empty() && word.starts_with(letter) && word.size() > letter.size()) return word.substr(letter.size());
  }
  return std::nullopt;
}

std::set<std::string> profiles_of(const Words& words, const config::Config& config) {
  std::set<std::string> names{config.default_profile().name};
  const bool all = std::find(words.begin(), words.end(), "--all-profiles") != words.end();
  for (const auto& profile : config.profiles())
    if (all) names.insert(profile.name);
  for (const auto& word : words) {
    const auto begin = word.find_first_not_of('+');
    const auto colon = word.find(':');
    if (colon != std::string::npos && begin < colon) names.insert(word.substr(begin, colon - begin));
  }
  return names;
}

}  // namespace

Result<void> learn_providers(const Words& words, Registry registry, const World& world) {
  std::vector<ProviderInfo> infos;
  for (const auto& entry : registry) infos.push_back(entry.info());
  config::LoadOptions options;
  options.profile = value_of(words, "--profile", "-P");
  if (const auto file = value_of(words, "--config", "")) options.config_file = *file;
  const auto config = config::Config::load(world.environment, infos, options);
  if (!config) return {};
  for (const auto& name : profiles_of(words, *config)) {
    const auto profile = config->profile(name);
    if (!profile) continue;
    const auto* entry = find_provider(registry, (*profile)->provider);
    if (entry == nullptr) continue;
    auto known = app::learn(*entry, **profile, world.environment);
    if (known) continue;
    Error error = std::move(known).error();
    error.provider = (*profile)->provider;
    error.profile = name;
    return fail(std::move(error));
  }
  return {};
}

}  // namespace matview::cli
