#pragma once

#include <functional>
#include <memory>

#include "matview/environment.hpp"
#include "matview/http.hpp"

namespace matview::http {

struct RetryOptions {
  int retries = 4;  ///< after the first attempt
  Duration first_delay = std::chrono::milliseconds(500);
  Duration longest_delay = std::chrono::seconds(30);
};

/// Sends again as the request's RetryRule allows: full-jitter exponential backoff, at least as long as `Retry-After`
/// (seconds or an HTTP date) says, never beyond the control's deadline: then the last failure is the answer at once. A
/// Retry-After of more than ten minutes is not waited for without a deadline. Once one attempt was unanswered, so is
/// the whole. `next` and `environment` (its clock and randomness) outlive it.
class RetryTransport final : public Transport {
 public:
  RetryTransport(Transport& next, RetryOptions options, const Environment& environment);
  Result<HttpResponse> send(const HttpRequest& request, Control& control) override;

 private:
  Transport& next_;
  RetryOptions options_;
  const Environment& environment_;
};

/// How long `Retry-After` says to wait, from `now`; empty without one that can be read.
std::optional<Duration> retry_after(const HttpResponse& response, Time now);

}  // namespace matview::http
