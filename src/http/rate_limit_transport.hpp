#pragma once

#include <memory>

#include "matview/environment.hpp"
#include "matview/http.hpp"

namespace matview::http {

struct RateLimitOptions {
  /// Requests a second; 0: as many as the server lets through.
  double requests_per_second = 0;
  int concurrent = 32;  ///< requests under way at once
};

/// One limiter for all requests of a profile, from all threads. Holds back what the server would refuse: after a 429
/// until its Retry-After, and while `RateLimit` (IETF draft: "policy";r=0;t=SECONDS) says that nothing is left.
class RateLimitTransport final : public Transport {
 public:
  RateLimitTransport(Transport& next, RateLimitOptions options, const Environment& environment);
  ~RateLimitTransport() override;
  Result<HttpResponse> send(const HttpRequest& request, Control& control) override;

 private:
  class Limiter;
  Transport& next_;
  std::unique_ptr<Limiter> limiter_;
};

}  // namespace matview::http
