#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "matview/provider.hpp"
#include "providers/lance/settings.hpp"
#include "providers/lance/wire.hpp"

namespace matview::providers::lance {

/// Sends requests with the credentials of the profile. Safe to use from several threads.
class Client {
 public:
  /// Through the transport and with the secrets of `context`, which outlive it. Of a dry run, headers that hold secrets
  /// show placeholders.
  Client(const ProviderContext& context, bool dry_run) : context_(context), dry_run_(dry_run) {}

  /// Where requests of these settings go, with the credentials in it if they belong into bodies.
  Result<Endpoint> endpoint(const Settings& settings, Control& control);

  /// Sends `request` with what says who we are. A token that was refused is renewed once, if we can. Every status is a
  /// success.
  Result<HttpResponse> send(HttpRequest request, const Settings& settings, Control& control);

  /// True if the profile has credentials of any kind.
  bool has_credentials(const Settings& settings) const;

 private:
  bool has(std::string_view key) const;
  bool uses_oauth(const Settings& settings) const;
  Result<Secret> token(const Settings& settings, const std::optional<Secret>& refused, Control& control);
  Result<std::optional<Secret>> bearer(const Settings& settings, Control& control);
  Result<void> add_headers(HttpRequest& request, const Settings& settings, const std::optional<Secret>& bearer,
                           Control& control);

  const ProviderContext& context_;
  const bool dry_run_;
  std::mutex mutex_;
  std::optional<Secret> token_;  ///< of the client credentials
};

}  // namespace matview::providers::lance
