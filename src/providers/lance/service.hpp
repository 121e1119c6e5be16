#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "matview/provider.hpp"
#include "providers/lance/client.hpp"
#include "providers/remote/answer.hpp"

namespace matview::providers::lance {

/// What operations have at hand: the profile, with what one call's options change in it, and the way out.
struct Service {
  const ProviderContext& context;
  const ProviderInfo& info;
  Client& client;
  Settings settings;
  std::atomic<bool>& told_no_jobs;  ///< the warning that a server does not tell of jobs was given

  Result<Endpoint> endpoint(Control& control) const { return client.endpoint(settings, control); }

  /// Every status is a success.
  Result<HttpResponse> send(const HttpRequest& request, Control& control) const {
    return client.send(request, settings, control);
  }

  /// Sends, and reads the answer with `reader`. Errors tell the request.
  template <typename Reader>
  auto ask(const HttpRequest& request, Reader reader, Control& control) const -> decltype(reader(HttpResponse())) {
    auto response = send(request, control);
    if (!response) return fail(told(std::move(response).error(), request));
    auto answer = reader(*response);
    if (!answer) return fail(told(std::move(answer).error(), request));
    return answer;
  }

  /// The error with its request; of what only reads, nothing was left undone.
  static Error told(Error error, const HttpRequest& request) {
    if (request.retry.if_unanswered) error.unanswered = false;
    return remote::with_request(std::move(error), request);
  }

  std::string name_of(const Path& path) const { return lance::name_of(path, settings.naming); }
};

}  // namespace matview::providers::lance
