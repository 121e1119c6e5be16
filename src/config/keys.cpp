#include "config/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "support/edit_distance.hpp"

namespace matview::config {

namespace {

using Kind = KeySpec::Kind;

constexpr std::array<std::string_view, 5> k_secrets{"api_key", "token", "password", "secret_key", "client_secret"};

bool ends_with(std::string_view text, std::string_view end) { return text.size() > end.size() && text.ends_with(end); }

}  // namespace

const std::vector<KeySpec>& general_keys() {
  static const std::vector<KeySpec> k_keys{
      {.name = "output",
       .kind = Kind::choice,
       .choices = {"table", "wide", "json", "jsonl", "csv", "name"},
       .in_project_file = true},
      {.name = "color", .kind = Kind::choice, .choices = {"auto", "always", "never"}, .in_project_file = true},
      {.name = "progress", .kind = Kind::choice, .choices = {"auto", "plain", "json", "none"}, .in_project_file = true},
      {.name = "timeout", .kind = Kind::duration, .in_project_file = true},
      {.name = "retries", .kind = Kind::integer, .in_project_file = true},
      {.name = "log_file", .kind = Kind::path},
      {.name = "log_format", .kind = Kind::choice, .choices = {"text", "json"}, .in_project_file = true},
      {.name = "quiet", .kind = Kind::boolean},
      {.name = "verbose", .kind = Kind::integer},
      {.name = "no_input", .kind = Kind::boolean},
      {.name = "yes", .kind = Kind::boolean, .in_files = false},
      {.name = "dry_run", .kind = Kind::boolean, .in_files = false},
  };
  return k_keys;
}

KeySpec profile_key(const std::string& name) {
  if (is_secret(name)) return {.name = name, .kind = Kind::secret};
  if (name == "store" || ends_with(name, "_file")) return {.name = name, .kind = Kind::path};
  if (ends_with(name, "_command")) return {.name = name, .kind = Kind::command};
  if (name == "threads") return {.name = name, .kind = Kind::integer, .minimum = 1, .in_project_file = true};
  if (name == "retain") return {.name = name, .kind = Kind::integer, .minimum = 1};
  if (name == "keep_sources") return {.name = name, .kind = Kind::choice, .choices = {"link", "copy", "off"}};
  if (name == "retain_for" || name == "auto_refresh.cooldown") return {.name = name, .kind = Kind::duration};
  if (name == "auto_refresh.min_changed_files") return {.name = name, .kind = Kind::integer, .minimum = 1};
  if (name == "insecure" || name == "identity_in_body") return {.name = name, .kind = Kind::boolean};
  if (name == "connect_timeout" || name == "request_timeout" || name == "poll_interval" || name == "watch_limit" ||
      name == "start_timeout")
    return {.name = name, .kind = Kind::duration, .minimum = 1};
  if (name == "max_requests_per_second") return {.name = name, .kind = Kind::number};
  const bool harmless = name == "timezone" || name == "memory_limit";
  return {.name = name, .kind = Kind::text, .in_project_file = harmless};
}

std::vector<KeySpec> profile_keys(const ProviderInfo& provider) {
  std::vector<KeySpec> keys;
  const auto add = [&](const std::string& name) {
    if (find_key(keys, name) == nullptr) keys.push_back(profile_key(name));
  };
  for (const auto& name : provider.settings) {
    add(name);
    if (!is_secret(name)) continue;
    add(name + "_file");
    add(name + "_command");
  }
  return keys;
}

bool is_external(const ProviderInfo& provider) {
  return std::find(provider.settings.begin(), provider.settings.end(), "start_timeout") != provider.settings.end();
}

const KeySpec* find_key(const std::vector<KeySpec>& keys, std::string_view name) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeySpec& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const std::vector<KeySpec>& keys) {
  std::vector<std::string> names;
  for (const auto& key : keys) names.push_back(key.name);
  return names;
}

bool is_group(std::string_view key) { return key == "auto_refresh"; }

bool is_secret(std::string_view key) { return std::find(k_secrets.begin(), k_secrets.end(), key) != k_secrets.end(); }

std::string_view secret_of(std::string_view key) {
  for (const std::string_view secret : k_secrets)
    if (key.substr(0, secret.size()) == secret)
      if (const auto rest = key.substr(secret.size()); rest.empty() || rest == "_file" || rest == "_command")
        return secret;
  return {};
}

std::string suggestion(std::string_view text, const std::vector<std::string>& candidates) {
  const auto near = support::nearest(text, candidates);
  return near ? fmt::format("did you mean '{}'?", *near) : std::string();
}

std::string Given::label() const {
  if (origin.layer == Layer::environment || origin.layer == Layer::flag) return origin.where;
  if (profile.empty()) return fmt::format("{}: key '{}'", origin.where, entry.key);
  return fmt::format("{}: key 'profiles.{}.{}'", origin.where, profile, entry.key);
}

}  // namespace matview::config
