#include "http/retry_transport.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/rate_limit_fields.hpp"
#include "support/pause.hpp"
#include "support/uuid.hpp"

namespace matview::http {

namespace {

/// From zero to `longest`, any of them as likely as the others: clients that failed together do not come back together.
Duration any_up_to(Duration longest, const Environment& environment) {
  const auto bytes = environment.random_bytes();
  std::uint64_t number = 0;
  for (std::size_t i = 8; i < bytes.size(); ++i) number = number << 8 | bytes[i];
  const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(longest.count(), 0));
  return Duration(static_cast<std::int64_t>(number % (count + 1)));
}

Duration backoff(int attempt, const RetryOptions& options, const Environment& environment) {
  auto longest = options.first_delay;
  for (int i = 0; i < attempt && longest < options.longest_delay; ++i) longest *= 2;
  return any_up_to(std::min(longest, options.longest_delay), environment);
}

bool may_repeat(const Result<HttpResponse>& result, const RetryRule& rule) {
  if (result) return std::find(rule.statuses.begin(), rule.statuses.end(), result->status) != rule.statuses.end();
  const auto& error = result.error();
  return error.code == ErrorCode::unavailable && error.retryable && (!error.unanswered || rule.if_unanswered);
}

/// False where the wait would be in vain or longer than anybody expects.
bool is_worth_waiting(Duration wait, const Control& control) {
  if (control.deadline) return std::chrono::steady_clock::now() + wait < *control.deadline;
  return wait <= k_longest_hold;
}

}  // namespace

RetryTransport::RetryTransport(Transport& next, RetryOptions options, const Environment& environment)
    : next_(next), options_(options), environment_(environment) {}

Result<HttpResponse> RetryTransport::send(const HttpRequest& request, Control& control) {
  // All attempts under one id, so that the server's log shows them as what they are.
  auto named = request;
  if (!named.headers.find("X-Request-Id")) named.headers.add("X-Request-Id", support::uuid_v7(environment_));

  bool unanswered = false;
  bool gateway_gave_up = false;
  for (int attempt = 0;; ++attempt) {
    auto result = next_.send(named, control);
    if (!result) {
      unanswered = unanswered || result.error().unanswered;
      result.error().unanswered = unanswered;
    } else {
      result->perhaps_done_before = unanswered || gateway_gave_up;
      gateway_gave_up = gateway_gave_up || result->status == 502 || result->status == 504;
    }
    if (attempt >= options_.retries || !may_repeat(result, request.retry)) return result;

    auto wait = backoff(attempt, options_, environment_);
    if (result) wait = std::max(wait, retry_after(*result, environment_.now()).value_or(Duration::zero()));
    if (!is_worth_waiting(wait, control)) return result;
    control.observer.progress({"", "waiting to try again", {}, {}});
    if (auto waited = support::pause(wait, control); !waited) {
      waited.error().unanswered = unanswered;
      return fail(std::move(waited).error());
    }
  }
}

}  // namespace matview::http
