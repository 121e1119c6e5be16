#include "providers/dune/execution_requests.hpp"

#include <fmt/format.h>

#include "providers/dune/wire.hpp"

namespace matview::providers::dune {

HttpRequest execution_status(std::string_view api, std::string_view execution_id, std::string_view assumed_state) {
  HttpRequest request = get_request(fmt::format("ask for execution '{}'", execution_id), api,
                                    fmt::format("v1/execution/{}/status", http::percent_encode(execution_id)));
  request.assumed = assumed(Value().set("execution_id", execution_id).set("state", assumed_state));
  return request;
}

HttpRequest cancel_execution(std::string_view api, std::string_view execution_id) {
  HttpRequest request =
      post_request(fmt::format("cancel execution '{}'", execution_id), api,
                   fmt::format("v1/execution/{}/cancel", http::percent_encode(execution_id)), Value());
  request.retry = RetryRule::idempotent();
  request.assumed = assumed(Value().set("success", true));
  return request;
}

}  // namespace matview::providers::dune
