#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace matview::app {

/// A profile for people to look at: every value with its origin, secrets and passwords in addresses masked.
struct ProfileData {
  std::string name;
  std::string provider;
  config::Origin origin;  ///< of its provider
  bool in_use = false;    ///< unqualified names belong to it
  /// By key. A secret that comes from the environment is "***" with the variable as its origin.
  std::vector<config::Setting> settings;
};

struct ProfileList {
  std::vector<ProfileData> profiles;         ///< by name
  config::Setting default_profile;           ///< which one is in use, and who says so
  std::vector<config::Setting> general;      ///< by key: output, timeout, …, as far as some layer gives them
  std::vector<std::filesystem::path> files;  ///< the configuration files read, weakest first
};

ProfileList list_profiles(const config::Config& config);

/// One profile; empty: the one in use. `not_found` with the nearest name as a hint.
Result<ProfileData> show_profile(const config::Config& config, std::string_view name);

struct ProfileUse {
  std::string profile;
  std::string previous;        ///< the profile in use before
  std::filesystem::path file;  ///< the file that says so
  bool changed = false;        ///< false: it said so already, and was left alone
};

/// Makes a profile the default, in the user's file. With `dry_run` only says what would happen.
/// `not_found` for an unknown profile; `usage` where a stronger layer decides, saying which.
Result<ProfileUse> use_profile(const config::Config& config, std::string_view name, bool dry_run);

}  // namespace matview::app
