#include "providers/thoughtspot/clock.hpp"

#include "support/time_text.hpp"

namespace matview::providers::thoughtspot {

std::optional<Duration> clock_ahead(const HttpResponse& response, Time now) {
  const auto* field = response.headers.find("Date");
  if (field == nullptr) return std::nullopt;
  const auto date = support::parse_http_date(*field);
  return date ? std::optional<Duration>(*date - now) : std::nullopt;
}

}  // namespace matview::providers::thoughtspot
