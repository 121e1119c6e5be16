#include <algorithm>
#include <charconv>
#include <cmath>

#include "http/rate_limit_fields.hpp"
#include "http/retry_transport.hpp"
#include "support/time_text.hpp"

namespace matview::http {

namespace {

constexpr double k_most_seconds = 86'400.0 * 365;

std::optional<Duration> seconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) value = k_most_seconds;
  if (!std::isfinite(value) || value < 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(value, k_most_seconds)));
}

std::optional<Duration> until(std::string_view text, const HttpResponse& response, Time now) {
  const auto then = support::parse_http_date(text);
  if (!then) return std::nullopt;
  // As the server's own clock has it, where it says: ours may be wrong.
  if (const auto* date = response.headers.find("Date"))
    if (const auto server_now = support::parse_http_date(*date)) now = *server_now;
  return std::max(*then - now, Duration::zero());
}

}  // namespace

std::optional<Duration> retry_after(const HttpResponse& response, Time now) {
  if (const auto* field = response.headers.find("Retry-After")) {
    if (const auto wait = seconds(*field)) return wait;
    if (const auto wait = until(*field, response, now)) return wait;
  }
  if (response.status == 429) return exhausted_for(response);
  return std::nullopt;
}

}  // namespace matview::http
