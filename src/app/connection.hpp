#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "http/rate_limit_transport.hpp"
#include "http/redactor.hpp"
#include "http/retry_transport.hpp"
#include "http/trace_transport.hpp"
#include "matview/http.hpp"
#include "matview/secret.hpp"

namespace matview::app {

/// How remote backends are reached; the same for all profiles of a process.
struct RemoteAccess {
  TransportFactory open_transport = {};
  http::TraceSink trace = {};  ///< empty: no trace
};

/// The credentials of a profile as its configuration names them. Each is fetched once, also one that cannot be had: a
/// thousand requests must not run a failing command a thousand times. Whatever is fetched goes to the redactor first.
class ProfileSecrets final : public Secrets {
 public:
  /// All outlive it.
  ProfileSecrets(const config::Profile& profile, const Environment& environment, http::Redactor& redactor)
      : profile_(profile), environment_(environment), redactor_(redactor) {}

  bool has(std::string_view key) const override;
  Result<Secret> get(std::string_view key, Control& control) override;
  void protect(const Secret& secret) override { redactor_.add(secret); }

 private:
  const config::Profile& profile_;
  const Environment& environment_;
  http::Redactor& redactor_;
  std::mutex mutex_;
  std::map<std::string, Result<Secret>, std::less<>> fetched_;
};

/// What the provider of a remote backend is opened with: the way out, and what must not leave by it.
class Connection {
 public:
  /// `settings` are those of the profile; a request is tried again `retries` times. `internal` where there is no way to
  /// open a transport.
  static Result<std::unique_ptr<Connection>> open(const config::Profile& profile,
                                                  const std::map<std::string, std::string>& settings, int retries,
                                                  const RemoteAccess& access, const Environment& environment);

  /// What the provider sends through: curl <- trace <- rate limit <- retry, so that each attempt is held back and
  /// shown.
  Transport& transport() { return *chain_.back(); }
  Secrets& secrets() { return secrets_; }
  const http::Redactor& redactor() const { return redactor_; }

 private:
  Connection(const config::Profile& profile, const Environment& environment)
      : secrets_(profile, environment, redactor_) {}

  http::Redactor redactor_;
  ProfileSecrets secrets_;
  std::vector<std::unique_ptr<Transport>> chain_;  ///< each sends through the one before it
};

}  // namespace matview::app
