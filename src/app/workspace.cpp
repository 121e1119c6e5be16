#include "app/workspace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "app/guarded_provider.hpp"
#include "app/job_logs.hpp"
#include "app/known_views.hpp"
#include "app/name_completion.hpp"
#include "ledger/ledger.hpp"
#include "providers/external/discover.hpp"
#include "support/duration.hpp"

namespace matview::app {

namespace {

constexpr Duration k_poll_interval = std::chrono::seconds(1);

bool has_setting(const ProviderInfo& info, std::string_view key) {
  return std::find(info.settings.begin(), info.settings.end(), key) != info.settings.end();
}

/// Of a value that only its provider can judge, the message begins with the key: it is told where that stands.
Error located(Error error, const config::Profile& profile) {
  const auto key = error.message.substr(0, error.message.find(':'));
  const auto found = profile.settings.find(key);
  if (error.code != ErrorCode::usage || key.size() == error.message.size() || found == profile.settings.end())
    return error;
  const auto& origin = found->second.origin;
  if (origin.layer == config::Layer::built_in) return error;
  const bool file = origin.layer != config::Layer::environment && origin.layer != config::Layer::flag;
  const auto label =
      file ? fmt::format("{}: key 'profiles.{}.{}'", origin.where, profile.name, key) : std::string(origin.where);
  error.message.replace(0, key.size(), label);
  return error;
}

}  // namespace

bool is_remote(const ProviderInfo& info) {
  return info.asynchronous || providers::is_external(info) || has_setting(info, "url");
}

Result<void> learn(const ProviderEntry& entry, const config::Profile& profile, const Environment& environment) {
  if (!providers::is_external(entry.info()) || !entry.info().operations.empty()) return {};
  MATVIEW_ASSIGN(auto settings, config::provider_settings(profile));
  MATVIEW_TRY(entry.open({profile.name, std::move(settings), environment}));
  return {};
}

std::string general_hint(const Error& error, Registry registry) {
  const auto* entry = find_provider(registry, error.provider);
  if (entry == nullptr || !is_remote(entry->info())) return {};
  switch (error.code) {
    case ErrorCode::unavailable:
      if (error.http_status == 429)
        return "the server wants fewer requests: try again later, or set max_requests_per_second of the profile";
      return fmt::format("trying again later may help; 'matview doctor -P {}' looks at the way to the server",
                         error.profile);
    case ErrorCode::auth: return fmt::format("'matview doctor -P {}' checks the credentials", error.profile);
    case ErrorCode::timeout: return "a longer --timeout gives it more time";
    case ErrorCode::unsupported:
      return fmt::format("'matview doctor -P {}' tells what this server offers", error.profile);
    case ErrorCode::not_found: return fmt::format("'matview list -P {}' tells what there is", error.profile);
    default: return error.http_status ? "--trace-http shows what was asked and answered" : "";
  }
}

Workspace::Workspace(Registry registry, const config::Config& config, const Environment& environment,
                     RemoteAccess access)
    : registry_(registry), config_(config), environment_(environment), access_(std::move(access)) {}

Workspace::~Workspace() = default;

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
  if (auto known = learn(*entry, *found, environment_); !known)
    return fail(attribute(std::move(known).error(), found->name));
  return &entry->info();
}

Result<Provider*> Workspace::open(std::string_view profile_name) {
  MATVIEW_ASSIGN(const config::Profile* const found, profile(profile_name));
  const std::lock_guard lock(open_mutex_);
  if (const auto opened = open_.find(found->name); opened != open_.end()) return opened->second.get();
  MATVIEW_ASSIGN(auto opened, make(*found));
  MATVIEW_ASSIGN(const ProviderInfo* const provider, info(found->name));
  if (!has_store(*provider)) opened = remember_views(std::move(opened), environment_, found->name);
  return open_.emplace(found->name, std::move(opened)).first->second.get();
}

Result<std::unique_ptr<Provider>> Workspace::open_another(std::string_view profile_name) {
  MATVIEW_ASSIGN(const config::Profile* const found, profile(profile_name));
  const std::lock_guard lock(open_mutex_);
  return make(*found);
}

Result<std::unique_ptr<Provider>> Workspace::make(const config::Profile& profile) {
  MATVIEW_ASSIGN(const ProviderInfo* const provider, info(profile.name));
  auto settings = config::provider_settings(profile);
  if (!settings) return fail(attribute(std::move(settings).error(), profile.name));
  ProviderContext context{profile.name, *std::move(settings), environment_};
  if (is_remote(*provider)) MATVIEW_TRY(connect(profile, context));
  auto opened = find_provider(registry_, provider->name)->open(context);
  if (!opened) return fail(attribute(located(std::move(opened).error(), profile), profile.name));
  if (is_remote(*provider)) opened = guard(*std::move(opened), [this](std::string_view text) { return mask(text); });
  return opened;
}

Result<void> Workspace::connect(const config::Profile& profile, ProviderContext& context) {
  const std::lock_guard lock(mutex_);
  auto known = connections_.find(profile.name);
  if (known == connections_.end()) {
    const auto retries = config_.setting("retries");
    MATVIEW_ASSIGN(auto made,
                   Connection::open(profile, context.settings,
                                    retries ? std::atoi(retries->value.c_str()) : http::RetryOptions().retries, access_,
                                    environment_));
    known = connections_.emplace(profile.name, std::move(made)).first;
  }
  Connection& connection = *known->second;
  context.secrets = &connection.secrets();
  context.transport = &connection.transport();
  context.job_log = &job_log(profile.name);
  return {};
}

JobLog& Workspace::job_log() {
  const std::lock_guard lock(logs_mutex_);
  if (!job_log_)
    job_log_ = tell_once(
        ledger::open_ledger(ledger::default_path(environment_), [this](std::string_view text) { return mask(text); }));
  return *job_log_;
}

JobLog& Workspace::job_log(std::string_view profile) {
  const std::string name = name_of(profile);
  auto& all = job_log();
  const std::lock_guard lock(logs_mutex_);
  auto& log = job_logs_[name];
  if (!log) log = scope_to_profile(all, name);
  return *log;
}

Duration Workspace::poll_interval(std::string_view profile_name) const {
  const auto found = profile(profile_name);
  if (!found) return k_poll_interval;
  const auto setting = (*found)->settings.find("poll_interval");
  if (setting == (*found)->settings.end()) return k_poll_interval;
  return support::parse_duration(setting->second.value).value_or(k_poll_interval);
}

Result<void> Workspace::require(std::string_view profile_name, Operation operation) const {
  MATVIEW_ASSIGN(const ProviderInfo* const provider, info(profile_name));
  if (provider->operations.contains(operation)) return {};
  std::vector<std::string> able;
  for (const auto& entry : registry_)
    if (!entry.info().hidden && entry.info().operations.contains(operation)) able.push_back(entry.info().name);
  Error error(ErrorCode::unsupported,
              fmt::format("the provider '{}' cannot do '{}'", provider->name, to_string(operation)));
  error.hint = able.empty() ? "no provider of this program can" : fmt::format("these can: {}", fmt::join(able, ", "));
  return fail(attribute(std::move(error), profile_name));
}

Error Workspace::attribute(Error error, std::string_view profile_name) const {
  if (error.profile.empty()) error.profile = name_of(profile_name);
  if (error.provider.empty())
    if (const auto found = config_.profile(error.profile)) error.provider = (*found)->provider;
  return masked(std::move(error), [this](std::string_view text) { return mask(text); });
}

std::string Workspace::mask(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  std::string result(text);
  for (const auto& [name, connection] : connections_) result = connection->redactor().mask(result);
  return result;
}

}  // namespace matview::app
