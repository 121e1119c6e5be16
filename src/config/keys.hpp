#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "matview/provider.hpp"
#include "matview/result.hpp"

namespace matview::config {

/// What a key takes.
struct KeySpec {
  enum class Kind { text, choice, duration, integer, number, boolean, path, command, secret };

  std::string name;
  Kind kind = Kind::text;
  std::vector<std::string> choices = {};
  std::int64_t minimum = 0;      ///< of an integer; of a duration: 1 if it must not be 0
  bool in_project_file = false;  ///< harmless enough for a file that came with a checkout
  bool in_files = true;          ///< false: only the environment and flags may say this
};

/// The general settings: what stands at the top of a file, in MATVIEW_<KEY>, and in a flag.
const std::vector<KeySpec>& general_keys();

/// What a key of a profile takes. Keys mean the same for every provider that has them; an unfamiliar one takes text.
KeySpec profile_key(const std::string& name);

/// The keys of a profile of this provider, each secret with its KEY_file and KEY_command; `provider` not among them.
std::vector<KeySpec> profile_keys(const ProviderInfo& provider);

/// Whether the provider is a program of its own, which is asked for its keys only when it is started: till then it has
/// every key.
bool is_external(const ProviderInfo& provider);

const KeySpec* find_key(const std::vector<KeySpec>& keys, std::string_view name);
std::vector<std::string> names_of(const std::vector<KeySpec>& keys);

/// True for a key of a profile whose value is a table of further keys: they are named "KEY.MEMBER".
bool is_group(std::string_view key);

/// True for api_key, token, password, secret_key and client_secret.
bool is_secret(std::string_view key);

/// "api_key" for "api_key", "api_key_file" and "api_key_command"; empty for a key that tells of no secret.
std::string_view secret_of(std::string_view key);

/// "did you mean 'store'?" or nothing.
std::string suggestion(std::string_view text, const std::vector<std::string>& candidates);

/// A value as some layer gave it, not yet checked.
struct Given {
  std::string profile;  ///< empty for a general setting
  Entry entry;
  Origin origin;
  std::filesystem::path base;  ///< where relative paths count from

  /// How messages name it: "/etc/x.toml:3: key 'profiles.a.store'", "MATVIEW_STORE", "--output".
  std::string label() const;
};

/// Checks a value and gives its canonical text. `usage`, beginning with the label.
Result<Setting> to_setting(const KeySpec& spec, const Given& given, const Environment& environment);

}  // namespace matview::config
