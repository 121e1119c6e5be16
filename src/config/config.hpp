#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matview/environment.hpp"
#include "matview/provider.hpp"
#include "matview/result.hpp"
#include "matview/secret.hpp"

namespace matview::config {

/// Where a value may come from, weakest first: a later layer wins.
enum class Layer { built_in, system_file, user_file, project_file, environment, flag };

/// "built-in", "system file", "user file", "project file", "environment", "flag".
std::string_view to_string(Layer layer);

struct Origin {
  Layer layer = Layer::built_in;
  /// "/home/a/.config/matview/config.toml:12", "MATVIEW_STORE", "--profile"; for built-in values the rule they follow.
  std::string where;
  bool operator==(const Origin&) const = default;
};

/// One value in effect, as text: paths absolute, lists as TOML arrays.
struct Setting {
  std::string key;
  std::string value;  ///< "***" for a secret: it is never kept here in the clear
  Origin origin;
  bool secret = false;
};

/// A named, configured provider.
struct Profile {
  std::string name;
  std::string provider;
  std::map<std::string, Setting> settings;            ///< by key, `provider` not among them
  Origin origin;                                      ///< of its `provider`
  std::multimap<std::string, std::string> variables;  ///< ProviderInfo::variables, for hints
};

struct LoadOptions {
  std::optional<std::filesystem::path> config_file;  ///< --config; in place of the user file
  std::optional<std::string> profile;                ///< --profile
  std::filesystem::path system_file = "/etc/matview/config.toml";
  std::map<std::string, std::string> flags;  ///< general settings given as flags, by key: {"output", "json"}
};

/// The configuration in effect. Immutable once loaded.
class Config {
 public:
  /// Reads all layers: /etc/matview/config.toml, the user's file, the nearest matview.toml upward from the working
  /// directory, the environment, the flags. Missing files are fine, but not one that was named.
  /// `usage`, naming file, line and key, for anything wrong in any of them; `not_found` for a chosen profile that
  /// does not exist. Reads no secret.
  static Result<Config> load(const Environment& environment, std::span<const ProviderInfo> known_providers,
                             const LoadOptions& options);

  /// By name; `local` is always among them, and so is a provider's own name while a variable of its vendor is set.
  const std::vector<Profile>& profiles() const { return profiles_; }

  /// `not_found`, with the nearest name as a hint. The pointer lives as long as this object.
  Result<const Profile*> profile(std::string_view name) const;

  /// The profile in use: the one unqualified names belong to.
  const Profile& default_profile() const;

  /// Who chose the profile in use: key `default_profile`.
  const Setting& default_profile_setting() const { return default_profile_; }

  /// A general setting; empty if no layer has it and it has no built-in value. Keys: output, color, progress,
  /// timeout, retries, log_file, log_format, quiet, verbose, no_input, yes, dry_run. Values are checked: booleans are
  /// "true" or "false", numbers are decimal.
  std::optional<Setting> setting(std::string_view key) const;

  /// All general settings that some layer gives, by key.
  const std::map<std::string, Setting>& settings() const { return settings_; }

  /// The configuration files that were there, weakest first.
  const std::vector<std::filesystem::path>& files_read() const { return files_read_; }

  /// The file `profile use` writes, whether it exists or not; empty when there is no HOME to hold one.
  const std::optional<std::filesystem::path>& user_file() const { return user_file_; }

 private:
  Config() = default;
  friend class Loader;

  std::vector<Profile> profiles_;
  Setting default_profile_;
  std::map<std::string, Setting> settings_;
  std::vector<std::filesystem::path> files_read_;
  std::optional<std::filesystem::path> user_file_;
};

/// What ProviderContext::settings holds for this profile: its keys and values without secrets. `usage` when the
/// profile lacks what its provider cannot do without, as `local` its store where neither HOME nor XDG_DATA_HOME is set.
Result<std::map<std::string, std::string>> provider_settings(const Profile& profile);

/// Where a secret of a profile would come from, without reading it.
struct SecretSource {
  enum class Kind { variable, file, command } kind = Kind::variable;
  std::string key;    ///< "api_key"
  std::string value;  ///< the variable's name, the file's path, or the command as a TOML array
  Origin origin;
};

/// "a variable", "a file", "a command".
std::string_view to_string(SecretSource::Kind kind);

/// The secrets the profile's settings name, each once, by key.
std::vector<SecretSource> secret_sources(const Profile& profile);

/// Fetches a secret ("api_key", "token", "password", "secret_key", "client_secret"). The environment wins over files:
/// first the profile's own variable, then the vendor's, then KEY_file or KEY_command. A command may take 30 s and ends
/// early, with `interrupted`, when `stop` becomes non-zero. `auth` when there is none, when the file is missing, empty
/// or open to other users, or when the command fails.
Result<Secret> resolve_secret(const Profile& profile, std::string_view key, const Environment& environment,
                              const std::atomic<int>* stop = nullptr);

/// What `use_profile` did, or would do.
struct UseOutcome {
  std::filesystem::path file;
  bool changed = false;  ///< false: the file said so already, and was left alone
};

/// Makes `name` the default profile in the user's file: one line changes or is added, the rest stays as it is, and
/// the file is replaced atomically (made, with its folder, where missing). With `dry_run` nothing is written.
/// `not_found` for an unknown profile; `usage` where a stronger layer decides, saying which.
Result<UseOutcome> use_profile(const Config& config, std::string_view name, bool dry_run);

}  // namespace matview::config
