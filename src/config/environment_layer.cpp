#include <fmt/format.h>

#include <algorithm>

#include "config/layers.hpp"
#include "config/names.hpp"
#include "support/text.hpp"

namespace matview::config {

namespace {

constexpr std::string_view k_profiles_prefix = "MATVIEW_PROFILES_";

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '-' || c == '.') c = '_';
  }
  return result;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string variable_of(const KeySpec& spec) { return "MATVIEW_" + upper(spec.name); }

std::optional<std::string> value_of(const Environment& environment, const std::string& name) {
  auto value = environment.variable(name);
  if (value && value->empty()) return std::nullopt;
  return value;
}

/// One reading of NAME_KEY.
struct Split {
  std::string name;  ///< in upper case
  std::string key;
};

class EnvironmentReader {
 public:
  EnvironmentReader(Layers& layers, const Environment& environment, std::span<const ProviderInfo> known_providers)
      : layers_(layers), environment_(environment) {
    keys_.push_back("provider");
    for (const auto& provider : known_providers)
      for (const auto& key : profile_keys(provider))
        if (std::find(keys_.begin(), keys_.end(), key.name) == keys_.end()) keys_.push_back(key.name);
    for (const auto& provider : known_providers)
      if (is_external(provider)) programs_.push_back(provider.name);
    for (const auto& name : layers_.profiles) known_.push_back(upper(name));
    // A profile that is called as a provider is needs no PROVIDER.
    for (const auto& provider : known_providers)
      if (!provider.hidden && !is_external(provider)) known_.push_back(upper(provider.name));
  }

  Result<void> read() {
    if (const auto profile = value_of(environment_, "MATVIEW_PROFILE"))
      add_general("default_profile", "MATVIEW_PROFILE", *profile);
    for (const auto& spec : general_keys()) {
      const auto name = variable_of(spec);
      if (const auto value = value_of(environment_, name)) add_general(spec.name, name, *value);
    }
    auto names = environment_.variable_names();
    std::sort(names.begin(), names.end());
    for (const auto& name : names) note_profile(name);
    for (const auto& name : names)
      if (name.starts_with(k_profiles_prefix)) MATVIEW_TRY(profile_variable(name));
    return {};
  }

 private:
  void add_general(const std::string& key, const std::string& variable, const std::string& value) {
    layers_.general.push_back(given({}, key, variable, value));
  }

  void note_profile(std::string_view variable) {
    constexpr std::string_view k_end = "_PROVIDER";
    if (!variable.starts_with(k_profiles_prefix) || !value_of(environment_, std::string(variable))) return;
    const auto rest = variable.substr(k_profiles_prefix.size());
    if (rest.size() > k_end.size() && rest.ends_with(k_end))
      known_.emplace_back(rest.substr(0, rest.size() - k_end.size()));
  }

  Result<void> profile_variable(const std::string& variable) {
    const auto value = value_of(environment_, variable);
    if (!value) return {};
    MATVIEW_ASSIGN(const auto split, split_of(variable));
    MATVIEW_ASSIGN(const auto profile, profile_named(split.name, variable));
    layers_.profiles.insert(profile);
    // The value of a secret stays where it is; what is kept is the variable's name.
    layers_.profile_values.push_back(given(profile, split.key, variable, is_secret(split.key) ? "***" : *value));
    return {};
  }

  // NAME and KEY may both hold underscores: every place to cut where a known key follows is a reading.
  Result<Split> split_of(const std::string& variable) const {
    const auto rest = variable.substr(k_profiles_prefix.size());
    std::vector<Split> readings;
    for (std::size_t cut = rest.find('_'); cut != std::string::npos; cut = rest.find('_', cut + 1)) {
      const auto* key = key_spelt(rest.substr(cut + 1));
      const Split split{rest.substr(0, cut), key == nullptr ? "" : *key};
      if (is_variable_part(rest) && is_profile_name(split.name) && key != nullptr) readings.push_back(split);
    }
    if (readings.size() > 1)
      if (const auto known = only_known(readings)) return *known;
    if (readings.size() == 1) return readings.front();
    if (readings.empty())
      if (auto split = of_program(rest)) return *std::move(split);
    if (readings.empty()) return fail(unknown(variable, rest));
    return fail(Error(ErrorCode::usage,
                      fmt::format("{} can mean key '{}' of profile '{}' or key '{}' of profile '{}'", variable,
                                  readings[0].key, lower(readings[0].name), readings[1].key, lower(readings[1].name)))
                    .with_hint(fmt::format("set {}<NAME>_PROVIDER for the one that is meant", k_profiles_prefix)));
  }

  /// The key whose spelling in a variable this is: AUTO_REFRESH_COOLDOWN is auto_refresh.cooldown.
  const std::string* key_spelt(const std::string& text) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const auto& key) { return upper(key) == text; });
    return found == keys_.end() ? nullptr : &*found;
  }

  std::optional<Split> only_known(const std::vector<Split>& readings) const {
    std::optional<Split> found;
    for (const auto& reading : readings) {
      if (std::find(known_.begin(), known_.end(), reading.name) == known_.end()) continue;
      if (found) return std::nullopt;
      found = reading;
    }
    return found;
  }

  /// A key that no provider of ours has, of a profile whose provider is a program of its own: it may have it.
  std::optional<Split> of_program(const std::string& rest) const {
    for (const auto& name : of_programs())
      if (rest.starts_with(name + "_") && rest.size() > name.size() + 1 && is_variable_part(rest))
        return Split{name, lower(rest.substr(name.size() + 1))};
    return std::nullopt;
  }

  /// Profiles whose provider is a program, as far as one layer alone tells; in upper case.
  std::vector<std::string> of_programs() const {
    std::vector<std::string> names;
    const auto add = [&](const std::string& profile, const std::string& provider) {
      if (std::find(programs_.begin(), programs_.end(), provider) != programs_.end()) names.push_back(profile);
    };
    for (const auto& given : layers_.profile_values)
      if (given.entry.key == "provider") add(upper(given.profile), given.entry.text);
    for (const auto& name : known_)
      add(name, value_of(environment_, fmt::format("{}{}_PROVIDER", k_profiles_prefix, name)).value_or(""));
    return names;
  }

  static bool is_variable_part(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  }

  Error unknown(const std::string& variable, const std::string& rest) const {
    std::string key = lower(rest.substr(std::min(rest.find('_'), rest.size() - 1) + 1));
    for (const auto& name : known_)
      if (rest.starts_with(name + "_")) key = lower(rest.substr(name.size() + 1));
    return Error(ErrorCode::usage, fmt::format("{} ends with no known key", support::strip_control(variable)))
        .with_hint(suggestion(key, keys_));
  }

  // A profile of a file where one answers to that name, else a new one in lower case.
  Result<std::string> profile_named(const std::string& name, const std::string& variable) const {
    std::vector<std::string> matches;
    for (const auto& profile : layers_.profiles)
      if (upper(profile) == name) matches.push_back(profile);
    if (matches.size() > 1)
      return fail(ErrorCode::usage,
                  fmt::format("{} can mean profile '{}' or profile '{}'", variable, matches[0], matches[1]));
    return matches.empty() ? lower(name) : matches.front();
  }

  Given given(const std::string& profile, const std::string& key, const std::string& variable,
              const std::string& value) const {
    return {profile,
            {key, Entry::Kind::untyped, value, {}, 0},
            {Layer::environment, variable},
            environment_.working_directory()};
  }

  Layers& layers_;
  const Environment& environment_;
  std::vector<std::string> keys_;
  std::vector<std::string> programs_;  ///< providers that are programs of their own
  std::vector<std::string> known_;     ///< names of profiles, as they stand in variables
};

}  // namespace

std::vector<std::string> variable_names() {
  std::vector<std::string> names{
      "MATVIEW_COMPLETION_TIMEOUT", "MATVIEW_CONFIG", "MATVIEW_LEDGER", "MATVIEW_PROFILE", "MATVIEW_STORE",
      "MATVIEW_TRACE_HTTP"};
  for (const auto& spec : general_keys()) names.push_back(variable_of(spec));
  return names;
}

Result<void> add_environment(Layers& layers, const Environment& environment,
                             std::span<const ProviderInfo> known_providers) {
  return EnvironmentReader(layers, environment, known_providers).read();
}

}  // namespace matview::config
