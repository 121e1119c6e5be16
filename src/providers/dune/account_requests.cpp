#include "providers/dune/account_requests.hpp"

#include "providers/dune/wire.hpp"

namespace matview::providers::dune {

HttpRequest whoami(std::string_view api) { return get_request("ask whom the key belongs to", api, "whoami"); }

HttpRequest usage(std::string_view api) {
  HttpRequest request = post_request("ask for the credits left", api, "v1/usage", Value::object());
  request.retry = RetryRule::read();
  // Enough for whatever is planned.
  request.assumed = assumed(
      Value().set("billing_periods",
                  Value::array().push(Value().set("credits_used", 0).set("credits_included", std::int64_t{1} << 53))));
  return request;
}

}  // namespace matview::providers::dune
