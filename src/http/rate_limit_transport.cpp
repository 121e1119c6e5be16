#include "http/rate_limit_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "http/rate_limit_fields.hpp"
#include "http/retry_transport.hpp"
#include "support/duration.hpp"
#include "support/pause.hpp"

namespace matview::http {

namespace {

using Clock = std::chrono::steady_clock;

// A stop signal can only set a flag; this often it is looked at.
constexpr std::chrono::milliseconds k_look{20};

}  // namespace

class RateLimitTransport::Limiter {
 public:
  Limiter(RateLimitOptions options, const Environment& environment) : options_(options), environment_(environment) {
    options_.concurrent = std::max(options_.concurrent, 1);
    if (options_.requests_per_second > 0)
      interval_ = std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double>(std::min(1.0 / options_.requests_per_second, 3600.0)));
  }

  /// Waits for leave to send one request. `leave` gives the place back.
  Result<void> enter(const Control& control);
  void leave();
  void learn(const HttpResponse& response);

 private:
  Clock::time_point next_turn(Clock::time_point now) const;

  RateLimitOptions options_;
  Clock::duration interval_{};
  const Environment& environment_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;
  Clock::time_point next_slot_{};
  Clock::time_point held_until_{};
};

Clock::time_point RateLimitTransport::Limiter::next_turn(Clock::time_point now) const {
  const auto turn = std::max(next_slot_, held_until_);
  return under_way_ < options_.concurrent ? turn : std::max(turn, now + k_look);
}

Result<void> RateLimitTransport::Limiter::enter(const Control& control) {
  std::unique_lock lock(mutex_);
  while (true) {
    MATVIEW_TRY(support::check_control(control));
    const auto now = Clock::now();
    if (control.deadline && held_until_ > now && held_until_ >= *control.deadline)
      return fail(Error(ErrorCode::timeout,
                        fmt::format("the server takes no more requests for {}, which is beyond the time limit",
                                    support::format_duration(std::chrono::ceil<Duration>(held_until_ - now))))
                      .with_retryable());
    const auto turn = next_turn(now);
    if (turn <= now) {
      ++under_way_;
      next_slot_ = now + interval_;
      return {};
    }
    changed_.wait_until(lock, std::min(turn, now + k_look));
  }
}

void RateLimitTransport::Limiter::leave() {
  const std::lock_guard lock(mutex_);
  --under_way_;
  changed_.notify_one();
}

void RateLimitTransport::Limiter::learn(const HttpResponse& response) {
  std::optional<Duration> hold = exhausted_for(response);
  if (response.status == 429) {
    const auto after = retry_after(response, environment_.now());
    hold = std::max(hold.value_or(Duration::zero()), after.value_or(Duration::zero()));
  }
  // For hours nobody is held up: the next request is then told so by the server itself.
  if (!hold || *hold <= Duration::zero() || *hold > k_longest_hold) return;
  const std::lock_guard lock(mutex_);
  held_until_ = std::max(held_until_, Clock::now() + *hold);
}

RateLimitTransport::RateLimitTransport(Transport& next, RateLimitOptions options, const Environment& environment)
    : next_(next), limiter_(std::make_unique<Limiter>(options, environment)) {}

RateLimitTransport::~RateLimitTransport() = default;

Result<HttpResponse> RateLimitTransport::send(const HttpRequest& request, Control& control) {
  MATVIEW_TRY(limiter_->enter(control));
  auto result = next_.send(request, control);
  if (result) limiter_->learn(*result);
  limiter_->leave();
  return result;
}

}  // namespace matview::http
