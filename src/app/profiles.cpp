#include "app/profiles.hpp"

#include "http/secret_names.hpp"

namespace matview::app {

namespace {

ProfileData data_of(const config::Profile& profile, const config::Config& config) {
  ProfileData data{profile.name, profile.provider, profile.origin, profile.name == config.default_profile().name, {}};
  for (const auto& [key, setting] : profile.settings) {
    data.settings.push_back(setting);
    // A password has no place in an address, but there it may be; which keys are addresses only the provider knows.
    data.settings.back().value = http::mask_address(setting.value);
  }
  return data;
}

}  // namespace

ProfileList list_profiles(const config::Config& config) {
  ProfileList list;
  for (const auto& profile : config.profiles()) list.profiles.push_back(data_of(profile, config));
  list.default_profile = config.default_profile_setting();
  for (const auto& [key, setting] : config.settings()) list.general.push_back(setting);
  list.files = config.files_read();
  return list;
}

Result<ProfileData> show_profile(const config::Config& config, std::string_view name) {
  if (name.empty()) return data_of(config.default_profile(), config);
  MATVIEW_ASSIGN(const config::Profile* profile, config.profile(name));
  return data_of(*profile, config);
}

Result<ProfileUse> use_profile(const config::Config& config, std::string_view name, bool dry_run) {
  MATVIEW_ASSIGN(auto outcome, config::use_profile(config, name, dry_run));
  return ProfileUse{std::string(name), config.default_profile().name, std::move(outcome.file), outcome.changed};
}

}  // namespace matview::app
