#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "app/connection.hpp"
#include "config/config.hpp"
#include "matview/job_log.hpp"
#include "matview/registry.hpp"

namespace matview::app {

/// The profiles of a configuration, each opened when it is first needed; one of a remote backend with its connection
/// and the job log. Errors carry the profile and the provider they belong to, and no secret. Safe to use from several
/// threads, if not every provider in it is.
class Workspace {
 public:
  Workspace(Registry registry, const config::Config& config, const Environment& environment, RemoteAccess access = {});
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// The provider of a profile; empty: of the one in use. Lives as long as the workspace.
  /// `not_found` for an unknown profile, `usage` for bad settings.
  Result<Provider*> open(std::string_view profile);

  /// Another provider of the same profile, for a thread of its own. Must not outlive the workspace.
  Result<std::unique_ptr<Provider>> open_another(std::string_view profile);

  /// What is known of a profile's provider without opening it.
  Result<const ProviderInfo*> info(std::string_view profile) const;

  /// `unsupported`, naming the providers that can, if the profile's provider cannot do it.
  Result<void> require(std::string_view profile, Operation operation) const;

  /// The jobs that were submitted to remote backends, of all profiles. Where it cannot be used it says so once, and is
  /// then an empty one.
  JobLog& job_log();
  /// The same, with ids looked for among the jobs of one profile; empty: of the one in use.
  JobLog& job_log(std::string_view profile);

  /// How long after a job was submitted it is looked for the first time: the profile's `poll_interval`, or 1 s.
  Duration poll_interval(std::string_view profile) const;

  /// The name of the profile in use.
  const std::string& profile_in_use() const { return config_.default_profile().name; }
  /// The name of a profile where empty means the one in use.
  std::string name_of(std::string_view profile) const {
    return profile.empty() ? profile_in_use() : std::string(profile);
  }

  const config::Config& config() const { return config_; }
  Registry registry() const { return registry_; }
  const Environment& environment() const { return environment_; }

  /// `error` with profile and provider filled in, without secrets.
  Error attribute(Error error, std::string_view profile) const;

  /// `text` with `***` for every secret that was fetched so far.
  std::string mask(std::string_view text) const;

 private:
  Result<const config::Profile*> profile(std::string_view name) const;
  Result<std::unique_ptr<Provider>> make(const config::Profile& profile);
  Result<void> connect(const config::Profile& profile, ProviderContext& context);

  Registry registry_;
  const config::Config& config_;
  const Environment& environment_;
  RemoteAccess access_;
  std::mutex open_mutex_;     ///< of `open_`; taken before the others
  mutable std::mutex mutex_;  ///< of `connections_`: a provider's threads mask while another profile is opened
  std::mutex logs_mutex_;     ///< of the job logs; taken after the others
  // In the order in which they lean on each other.
  std::map<std::string, std::unique_ptr<Connection>, std::less<>> connections_;
  std::unique_ptr<JobLog> job_log_;
  std::map<std::string, std::unique_ptr<JobLog>, std::less<>> job_logs_;  ///< by profile
  std::map<std::string, std::unique_ptr<Provider>, std::less<>> open_;
};

/// True for providers whose backend is reached by network, or is a program of its own: they have a connection and a job
/// log.
bool is_remote(const ProviderInfo& info);

/// Makes known what the provider of a profile can do, where that takes starting a program: see
/// providers/external/discover.hpp. The errors of opening it.
Result<void> learn(const ProviderEntry& entry, const config::Profile& profile, const Environment& environment);

/// What to do about an error of a remote backend of which nothing better is known; empty if there is nothing to say.
std::string general_hint(const Error& error, Registry registry);

}  // namespace matview::app
