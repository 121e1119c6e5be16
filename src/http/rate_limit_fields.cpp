#include "http/rate_limit_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace matview::http {

namespace {

constexpr double k_most_seconds = 86'400.0 * 365;

/// The parameter `;NAME=NUMBER` of one policy.
std::optional<double> parameter(std::string_view policy, char name) {
  for (auto at = policy.find(';'); at != std::string_view::npos; at = policy.find(';', at + 1)) {
    auto rest = policy.substr(at + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (rest.size() < 3 || rest[0] != name || rest[1] != '=') continue;
    double value = 0;
    const auto [end, error] = std::from_chars(rest.data() + 2, rest.data() + rest.size(), value);
    if (error == std::errc() && std::isfinite(value)) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> exhausted_for(const HttpResponse& response) {
  std::optional<Duration> longest;
  for (const auto& field : response.headers.all("RateLimit")) {
    std::string_view rest = field;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      const auto policy = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto remaining = parameter(policy, 'r');
      const auto seconds = parameter(policy, 't');
      if (!remaining || *remaining > 0 || !seconds || *seconds <= 0) continue;
      const auto time =
          std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(*seconds, k_most_seconds)));
      longest = std::max(longest.value_or(Duration::zero()), time);
    }
  }
  return longest;
}

}  // namespace matview::http
