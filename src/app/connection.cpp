#include "app/connection.hpp"

#include <algorithm>
#include <cstdlib>

#include "support/duration.hpp"

namespace matview::app {

namespace {

using Settings = std::map<std::string, std::string>;

std::string text_of(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  return found == settings.end() ? std::string() : found->second;
}

/// The configuration has checked the value.
Duration duration_of(const Settings& settings, const std::string& key, Duration otherwise) {
  const auto duration = support::parse_duration(text_of(settings, key));
  return duration ? *duration : otherwise;
}

TransportOptions transport_options(const Settings& settings) {
  TransportOptions options;
  options.ca_file = text_of(settings, "ca_file");
  options.cert_file = text_of(settings, "cert_file");
  options.key_file = text_of(settings, "key_file");
  options.verify_tls = text_of(settings, "insecure") != "true";
  options.connect_timeout = duration_of(settings, "connect_timeout", options.connect_timeout);
  options.total_timeout = duration_of(settings, "request_timeout", options.total_timeout);
  // Who gives a request its own time, as for a call that answers when the work is done, means silence too.
  if (settings.contains("request_timeout")) options.stall_timeout = options.total_timeout;
  return options;
}

http::RateLimitOptions limit_options(const Settings& settings) {
  http::RateLimitOptions options;
  options.requests_per_second = std::strtod(text_of(settings, "max_requests_per_second").c_str(), nullptr);
  return options;
}

}  // namespace

bool ProfileSecrets::has(std::string_view key) const {
  const auto sources = config::secret_sources(profile_);
  return std::any_of(sources.begin(), sources.end(), [&](const auto& source) { return source.key == key; });
}

Result<Secret> ProfileSecrets::get(std::string_view key, Control& control) {
  const std::lock_guard lock(mutex_);
  if (const auto known = fetched_.find(key); known != fetched_.end()) return known->second;
  auto secret = config::resolve_secret(profile_, key, environment_, &control.stop);
  if (secret) redactor_.add(*secret);
  const bool stopped = !secret && secret.error().code != ErrorCode::auth;
  if (!stopped) fetched_.emplace(std::string(key), secret);
  return secret;
}

Result<std::unique_ptr<Connection>> Connection::open(const config::Profile& profile, const Settings& settings,
                                                     int retries, const RemoteAccess& access,
                                                     const Environment& environment) {
  auto transport = access.open_transport ? access.open_transport(transport_options(settings)) : nullptr;
  if (!transport) return fail(ErrorCode::internal, "there is no transport to remote backends");
  std::unique_ptr<Connection> connection(new Connection(profile, environment));
  auto& chain = connection->chain_;
  chain.push_back(std::move(transport));
  if (access.trace)
    chain.push_back(
        std::make_unique<http::TraceTransport>(*chain.back(), access.trace, connection->redactor_, environment));
  chain.push_back(std::make_unique<http::RateLimitTransport>(*chain.back(), limit_options(settings), environment));
  http::RetryOptions retry;
  retry.retries = retries;
  chain.push_back(std::make_unique<http::RetryTransport>(*chain.back(), retry, environment));
  return connection;
}

}  // namespace matview::app
