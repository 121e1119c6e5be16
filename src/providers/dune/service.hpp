#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

#include "matview/provider.hpp"
#include "providers/dune/settings.hpp"
#include "providers/remote/answer.hpp"

namespace matview::providers::dune {

/// One profile at the service: adds the key to every request, says when an endpoint is about to go, and knows the
/// account once it was found out. Safe to use from several threads.
class Service {
 public:
  /// What `context` points to outlives the service.
  Service(const ProviderContext& context, const Settings& settings);

  const ProviderContext& context() const { return context_; }
  const Settings& settings() const { return settings_; }
  const std::string& api() const { return settings_.api; }
  Time now() const { return context_.environment.now(); }
  /// The clock of this service is not asked in a dry run.
  bool is_dry_run() const { return dry_run_; }
  /// For a service over a transport that sends nothing.
  void set_dry_run() { dry_run_ = true; }

  /// Any answer is a success.
  Result<HttpResponse> send(HttpRequest request, Control& control) const;

  /// The request's answer as `read` understands it; an error tells which request it was.
  template <typename Read>
  std::invoke_result_t<Read, const HttpResponse&> ask(HttpRequest request, Read read, Control& control) const {
    auto response = send(request, control);
    if (!response) return fail(remote::with_request(std::move(response).error(), request));
    auto result = read(*response);
    if (!result) return fail(remote::with_request(std::move(result).error(), request));
    return result;
  }

  /// The handle of the key's account: the profile's, else what was found out; empty: not known.
  std::string owner() const;
  /// True if the owner may be that of another key, having been found out long ago.
  bool owner_is_cached() const;
  /// Keeps the owner that stands in a full name of a view of ours, or a handle.
  void learn_owner(std::string_view handle) const;

  /// How a view is called here.
  std::string shown(std::string_view full_name) const;

 private:
  void warn_if_retired(const HttpRequest& request, const HttpResponse& response, Control& control) const;

  ProviderContext context_;
  Settings settings_;
  bool dry_run_ = false;
  mutable std::mutex mutex_;
  mutable std::string owner_;
  mutable bool owner_is_cached_ = false;
  mutable std::set<std::string> warned_;
};

}  // namespace matview::providers::dune
