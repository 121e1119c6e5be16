#include "config/config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/keys.hpp"

namespace matview::config {

std::string_view to_string(Layer layer) {
  switch (layer) {
    case Layer::built_in: return "built-in";
    case Layer::system_file: return "system file";
    case Layer::user_file: return "user file";
    case Layer::project_file: return "project file";
    case Layer::environment: return "environment";
    case Layer::flag: break;
  }
  return "flag";
}

Result<const Profile*> Config::profile(std::string_view name) const {
  std::vector<std::string> names;
  for (const auto& profile : profiles_) {
    if (profile.name == name) return &profile;
    names.push_back(profile.name);
  }
  auto hint = suggestion(name, names);
  if (hint.empty()) hint = fmt::format("profiles: {}", fmt::join(names, ", "));
  return fail(Error(ErrorCode::not_found, fmt::format("there is no profile '{}'", name)).with_hint(std::move(hint)));
}

const Profile& Config::default_profile() const {
  const auto is_chosen = [&](const Profile& profile) { return profile.name == default_profile_.value; };
  return *std::find_if(profiles_.begin(), profiles_.end(), is_chosen);
}

std::optional<Setting> Config::setting(std::string_view key) const {
  const auto found = settings_.find(std::string(key));
  if (found == settings_.end()) return std::nullopt;
  return found->second;
}

Result<std::map<std::string, std::string>> provider_settings(const Profile& profile) {
  std::map<std::string, std::string> result;
  for (const auto& [key, setting] : profile.settings) {
    if (!secret_of(key).empty()) continue;
    if (key == "store" && setting.value.empty())
      return fail(Error(ErrorCode::usage,
                        fmt::format("profile '{}' has no store: neither HOME nor XDG_DATA_HOME is set", profile.name))
                      .with_hint("set MATVIEW_STORE to a directory, or 'store' in the profile"));
    result.emplace(key, setting.value);
  }
  return result;
}

}  // namespace matview::config
