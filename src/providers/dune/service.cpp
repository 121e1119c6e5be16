#include "providers/dune/service.hpp"

#include <fmt/format.h>

#include "providers/dune/names.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::string_view k_owner = "owner";

}  // namespace

Service::Service(const ProviderContext& context, const Settings& settings) : context_(context), settings_(settings) {
  owner_ = settings_.owner;
  if (!owner_.empty() || context_.job_log == nullptr) return;
  if (auto known = context_.job_log->recall(context_.profile, k_owner); known && !known->empty()) {
    owner_ = *std::move(known);
    owner_is_cached_ = true;
  }
}

Result<HttpResponse> Service::send(HttpRequest request, Control& control) const {
  if (context_.transport == nullptr || context_.secrets == nullptr)
    return fail(ErrorCode::internal, "the provider 'dune' was opened without a transport");
  MATVIEW_ASSIGN(const Secret key, context_.secrets->get("api_key", control));
  request.headers.set("X-Dune-Api-Key", key.reveal());
  MATVIEW_ASSIGN(auto response, context_.transport->send(request, control));
  warn_if_retired(request, response, control);
  return response;
}

void Service::warn_if_retired(const HttpRequest& request, const HttpResponse& response, Control& control) const {
  const auto* deprecation = response.headers.find("Deprecation");
  const auto* sunset = response.headers.find("Sunset");
  if (deprecation == nullptr && sunset == nullptr) return;
  {
    // Once for each kind of request, whatever view it is about.
    const std::lock_guard lock(mutex_);
    if (!warned_.insert(request.purpose.substr(0, request.purpose.find('\''))).second) return;
  }
  control.observer.warning(fmt::format(
      "the service will retire what '{}' uses{}: a newer version of this program may be needed",
      support::strip_control(request.purpose), sunset == nullptr ? "" : " on " + support::strip_control(*sunset)));
}

std::string Service::owner() const {
  const std::lock_guard lock(mutex_);
  return owner_;
}

bool Service::owner_is_cached() const {
  const std::lock_guard lock(mutex_);
  return owner_is_cached_;
}

void Service::learn_owner(std::string_view handle) const {
  if (handle.empty() || dry_run_ || !settings_.owner.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    const bool known = owner_ == handle && !owner_is_cached_;
    const bool kept = owner_ == handle;
    owner_ = handle;
    owner_is_cached_ = false;
    if (known || kept) return;
  }
  if (context_.job_log != nullptr) context_.job_log->remember(context_.profile, k_owner, handle);
}

std::string Service::shown(std::string_view full_name) const { return shown_name(full_name, owner()); }

}  // namespace matview::providers::dune
