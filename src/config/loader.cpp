#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "config/layers.hpp"
#include "support/home.hpp"
#include "support/text.hpp"

namespace matview::config {

namespace fs = std::filesystem;

/// Reads the layers and merges them.
class Loader {
 public:
  Loader(const Environment& environment, std::span<const ProviderInfo> known_providers, const LoadOptions& options)
      : environment_(environment), known_providers_(known_providers), options_(options) {
    layers_.profiles.insert("local");
  }

  Result<Config> load() {
    MATVIEW_TRY(read_files());
    MATVIEW_TRY(add_environment(layers_, environment_, known_providers_));
    add_vendor_profiles();
    add_flags();
    config_.files_read_ = layers_.files;
    MATVIEW_TRY(merge_general());
    for (const auto& name : layers_.profiles) {
      MATVIEW_ASSIGN(auto profile, merge_profile(name));
      config_.profiles_.push_back(std::move(profile));
    }
    MATVIEW_TRY(choose_profile());
    MATVIEW_TRY(set_stores());
    return std::move(config_);
  }

 private:
  Result<void> read_files() {
    MATVIEW_TRY(read_file(options_.system_file, Layer::system_file));
    MATVIEW_ASSIGN(const bool named, find_user_file());
    if (config_.user_file_) {
      const auto count = layers_.files.size();
      MATVIEW_TRY(read_file(*config_.user_file_, Layer::user_file));
      if (named && layers_.files.size() == count)
        return fail(ErrorCode::usage,
                    fmt::format("there is no configuration file '{}', which {} names", config_.user_file_->string(),
                                options_.config_file ? "--config" : "MATVIEW_CONFIG"));
    }
    const auto project = find_project_file(environment_.working_directory());
    if (!project || is_read_already(*project)) return {};
    return read_file(*project, Layer::project_file);
  }

  // Sets user_file_; true if it was named, and so has to exist.
  Result<bool> find_user_file() {
    auto named =
        options_.config_file ? std::optional(options_.config_file->string()) : environment_.variable("MATVIEW_CONFIG");
    if (options_.config_file && named->empty()) return fail(ErrorCode::usage, "--config must be a path");
    if (named && !named->empty()) {
      config_.user_file_ = support::expand_path(*named, environment_.working_directory(), environment_);
      if (config_.user_file_) return true;
      return fail(ErrorCode::usage, fmt::format("'{}' begins with '~/', but HOME is not set", *named));
    }
    if (const auto folder = support::xdg_directory(environment_, "XDG_CONFIG_HOME", ".config"))
      config_.user_file_ = *folder / "matview" / "config.toml";
    return false;
  }

  // A project file named by --config is the user's own word and needs no second, distrustful reading.
  bool is_read_already(const fs::path& file) const {
    return std::any_of(layers_.files.begin(), layers_.files.end(), [&](const fs::path& other) {
      std::error_code ignored;
      return fs::equivalent(file, other, ignored);
    });
  }

  Result<void> read_file(const fs::path& file, Layer layer) {
    MATVIEW_ASSIGN(const auto entries, read_document(file));
    if (!entries) return {};
    return add_file(layers_, file, layer, *entries);
  }

  // A vendor's variable is all the configuration that one account needs.
  void add_vendor_profiles() {
    for (const auto& provider : known_providers_) {
      const auto is_set = [&](const auto& entry) { return !environment_.variable(entry.second).value_or("").empty(); };
      if (!provider.hidden && std::any_of(provider.variables.begin(), provider.variables.end(), is_set))
        layers_.profiles.insert(provider.name);
    }
  }

  void add_flags() {
    const auto add = [&](const std::string& key, std::string flag, const std::string& value) {
      std::replace(flag.begin(), flag.end(), '_', '-');
      layers_.general.push_back({{},
                                 {key, Entry::Kind::untyped, value, {}, 0},
                                 {Layer::flag, "--" + flag},
                                 environment_.working_directory()});
    };
    if (options_.profile) add("default_profile", "profile", *options_.profile);
    for (const auto& [key, value] : options_.flags) add(key, key, value);
  }

  Result<void> merge_general() {
    config_.default_profile_ = {"default_profile", "local", {Layer::built_in, "built-in"}, false};
    for (const auto& given : layers_.general) {
      if (given.entry.key == "default_profile") {
        config_.default_profile_ = {"default_profile", given.entry.text, given.origin, false};
        continue;
      }
      const auto* spec = find_key(general_keys(), given.entry.key);
      if (spec == nullptr) return fail(ErrorCode::internal, "no such general setting: " + given.entry.key);
      MATVIEW_ASSIGN(auto setting, to_setting(*spec, given, environment_));
      config_.settings_.insert_or_assign(spec->name, std::move(setting));
    }
    return {};
  }

  Result<Profile> merge_profile(const std::string& name) {
    Profile profile{name, {}, {}, {}, {}};
    MATVIEW_ASSIGN(const ProviderInfo* provider, provider_of(profile));
    const auto keys = profile_keys(*provider);
    profile.variables = provider->variables;
    for (const auto& given : layers_.profile_values) {
      if (given.profile != name || given.entry.key == "provider") continue;
      if (is_external(*provider)) {
        MATVIEW_ASSIGN(auto setting, setting_of_program(given));
        MATVIEW_TRY(put(profile, std::move(setting), given));
        continue;
      }
      const auto* spec = find_key(keys, given.entry.key);
      if (spec == nullptr) return fail(unknown_key(given, *provider, keys));
      MATVIEW_ASSIGN(auto setting, to_setting(*spec, given, environment_));
      MATVIEW_TRY(put(profile, std::move(setting), given));
    }
    MATVIEW_TRY(add_vendor_variables(profile, *provider, keys));
    return profile;
  }

  /// The program is asked whether it knows the key when it is started. What came with a checkout does not go to it.
  Result<Setting> setting_of_program(Given given) const {
    if (given.origin.layer == Layer::project_file)
      return fail(Error(ErrorCode::usage, given.label() +
                                              " may not be set in a project file: the provider is a program "
                                              "of its own, and the file is not trusted")
                      .with_hint("set it in your own configuration file, or in the environment"));
    const KeySpec spec = profile_key(given.entry.key);
    const bool scalar = given.entry.kind != Entry::Kind::array && given.entry.kind != Entry::Kind::table;
    if (spec.kind == KeySpec::Kind::text && scalar) given.entry.kind = Entry::Kind::untyped;
    return to_setting(spec, given, environment_);
  }

  Result<const ProviderInfo*> provider_of(Profile& profile) {
    if (const auto* own = provider_named(profile.name); own != nullptr && !own->hidden && !is_external(*own)) {
      profile.provider = own->name;
      profile.origin = {Layer::built_in, "built-in"};
    }
    const Given* first = nullptr;
    const Given* chosen = nullptr;
    for (const auto& given : layers_.profile_values) {
      if (given.profile != profile.name) continue;
      if (first == nullptr) first = &given;
      if (given.entry.key == "provider") chosen = &given;
    }
    if (chosen != nullptr) {
      if (profile.name == "local" && chosen->entry.text != "local")
        return fail(Error(ErrorCode::usage, chosen->label() + ": the profile 'local' is always of provider 'local'")
                        .with_hint("give the profile another name"));
      profile.provider = chosen->entry.text;
      profile.origin = chosen->origin;
    }
    if (profile.provider.empty()) return fail(no_provider(profile.name, first));
    if (const auto* provider = provider_named(profile.provider)) return provider;
    if (chosen == nullptr) return fail(ErrorCode::internal, "the provider 'local' is missing");
    return fail(Error(ErrorCode::usage, fmt::format("{}: there is no provider '{}'", chosen->label(), profile.provider))
                    .with_hint(hint_for(profile.provider)));
  }

  std::string hint_for(const std::string& provider) const {
    const auto near = suggestion(provider, provider_names());
    if (!near.empty()) return near;
    return fmt::format("providers: {}; a program 'matview-provider-{}' in PATH would be another",
                       fmt::join(provider_names(), ", "), support::strip_control(provider));
  }

  const ProviderInfo* provider_named(std::string_view name) const {
    for (const auto& provider : known_providers_)
      if (provider.name == name) return &provider;
    return nullptr;
  }

  Error no_provider(const std::string& name, const Given* first) const {
    for (const auto& given : layers_.profile_values)
      if (given.profile == name && !suggestion(given.entry.key, {"provider"}).empty())
        return Error(ErrorCode::usage,
                     fmt::format("{}: unknown key '{}' in profile '{}'",
                                 given.origin.layer == Layer::environment ? given.label() : given.origin.where,
                                 given.entry.key, name))
            .with_hint(suggestion(given.entry.key, {"provider"}));
    const auto where = first == nullptr ? std::string() : first->origin.where + ": ";
    return Error(ErrorCode::usage, fmt::format("{}profile '{}' has no key 'provider'", where, name))
        .with_hint(fmt::format("providers: {}", fmt::join(provider_names(), ", ")));
  }

  static Error unknown_key(const Given& given, const ProviderInfo& provider, const std::vector<KeySpec>& keys) {
    auto names = names_of(keys);
    names.emplace_back("provider");
    auto hint = suggestion(given.entry.key, names);
    if (hint.empty() && !keys.empty()) hint = fmt::format("keys: {}", fmt::join(names_of(keys), ", "));
    return Error(ErrorCode::usage,
                 fmt::format("{}: unknown key '{}' of provider '{}'",
                             given.origin.layer == Layer::environment ? given.label() : given.origin.where,
                             given.entry.key, provider.name))
        .with_hint(hint);
  }

  // The sources of one secret exclude each other: a stronger layer's replaces a weaker one's, two in one are a mistake.
  static Result<void> put(Profile& profile, Setting setting, const Given& given) {
    const auto secret = secret_of(setting.key);
    for (auto other = profile.settings.begin(); !secret.empty() && other != profile.settings.end();) {
      if (other->first == setting.key || secret_of(other->first) != secret) {
        ++other;
        continue;
      }
      if (other->second.origin.layer == setting.origin.layer)
        return fail(ErrorCode::usage, fmt::format("{} and {} are both given for profile '{}': one must go",
                                                  given.label(), other->second.key, profile.name));
      other = profile.settings.erase(other);
    }
    profile.settings.insert_or_assign(setting.key, std::move(setting));
    return {};
  }

  // A vendor's variable names no profile, so the profile's own variable goes before it; files come after both.
  Result<void> add_vendor_variables(Profile& profile, const ProviderInfo& provider, const std::vector<KeySpec>& keys) {
    for (const auto& [key, variable] : provider.variables) {
      const auto value = environment_.variable(variable);
      const auto* spec = find_key(keys, key);
      if (!value || value->empty() || spec == nullptr || is_given_by_environment(profile, key)) continue;
      const Given given{profile.name,
                        {key, Entry::Kind::untyped, is_secret(key) ? "***" : *value, {}, 0},
                        {Layer::environment, variable},
                        environment_.working_directory()};
      MATVIEW_ASSIGN(auto setting, to_setting(*spec, given, environment_));
      MATVIEW_TRY(put(profile, std::move(setting), given));
    }
    return {};
  }

  static bool is_given_by_environment(const Profile& profile, std::string_view key) {
    return std::any_of(profile.settings.begin(), profile.settings.end(), [&](const auto& entry) {
      const bool same = entry.first == key || (is_secret(key) && secret_of(entry.first) == key);
      return same && entry.second.origin.layer >= Layer::environment;
    });
  }

  Result<void> choose_profile() const {
    const auto& chosen = config_.default_profile_;
    auto found = config_.profile(chosen.value);
    if (found) return {};
    auto error = std::move(found).error();
    if (const auto* provider = provider_named(chosen.value); provider != nullptr && !provider->variables.empty())
      error.hint = fmt::format("set {}, or make a profile: [profiles.{}] in the configuration file",
                               provider->variables.begin()->second, provider->name);
    if (chosen.origin.layer == Layer::flag) return fail(std::move(error));
    if (chosen.origin.layer != Layer::environment) {
      error.code = ErrorCode::usage;
      return fail(std::move(error).with_context(chosen.origin.where + ": key 'default_profile': "));
    }
    return fail(std::move(error).with_context(chosen.origin.where + ": "));
  }

  // MATVIEW_STORE speaks of the profile in use, as a flag --store would; where that is none of the local engine, of
  // the profile `local`.
  Result<void> set_stores() {
    const std::string in_use = config_.default_profile().provider == "local" ? config_.default_profile().name : "local";
    for (auto& profile : config_.profiles_) {
      if (profile.provider != "local") continue;
      const auto value = environment_.variable("MATVIEW_STORE");
      if (profile.name == in_use && value && !value->empty()) {
        const Given given{profile.name,
                          {"store", Entry::Kind::untyped, *value, {}, 0},
                          {Layer::environment, "MATVIEW_STORE"},
                          environment_.working_directory()};
        const KeySpec spec{.name = "store", .kind = KeySpec::Kind::path};
        MATVIEW_ASSIGN(auto setting, to_setting(spec, given, environment_));
        profile.settings.insert_or_assign("store", std::move(setting));
      }
      if (profile.settings.count("store") == 0) profile.settings.emplace("store", built_in_store());
    }
    return {};
  }

  Setting built_in_store() const {
    const auto folder = support::xdg_directory(environment_, "XDG_DATA_HOME", ".local/share");
    if (!folder) return {"store", "", {Layer::built_in, "no folder: neither HOME nor XDG_DATA_HOME is set"}, false};
    return {"store", (*folder / "matview").string(), {Layer::built_in, "built-in"}, false};
  }

  std::vector<std::string> provider_names() const {
    std::vector<std::string> names;
    for (const auto& provider : known_providers_)
      if (!provider.hidden) names.push_back(provider.name);
    return names;
  }

  const Environment& environment_;
  std::span<const ProviderInfo> known_providers_;
  const LoadOptions& options_;
  Layers layers_;
  Config config_;
};

Result<Config> Config::load(const Environment& environment, std::span<const ProviderInfo> known_providers,
                            const LoadOptions& options) {
  return Loader(environment, known_providers, options).load();
}

}  // namespace matview::config
