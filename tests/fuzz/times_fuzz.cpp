#include <string>

#include "fuzz/fuzz.hpp"
#include "http/rate_limit_fields.hpp"
#include "http/retry_transport.hpp"
#include "support/duration.hpp"
#include "support/time_text.hpp"

using matview::Duration;
using matview::HttpResponse;
using matview::Time;

namespace {

constexpr Time k_year_0 = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
constexpr Time k_year_10000 = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);

}  // namespace

// Times as servers, users and header fields write them.
MATVIEW_FUZZ_TARGET(input) {
  if (const auto time = matview::support::parse_rfc3339(input)) {
    const auto text = matview::support::format_rfc3339(*time);
    const auto again = matview::support::parse_rfc3339(text);
    // An offset can lead beyond the years of four digits, where there is no RFC 3339.
    const bool has_four_digits = *time >= k_year_0 && *time < k_year_10000;
    MATVIEW_FUZZ_CHECK(!has_four_digits || (again && *again == *time));
    matview::support::relative_time(*time, Time{});
  }
  if (const auto duration = matview::support::parse_duration(input)) {
    MATVIEW_FUZZ_CHECK(*duration >= Duration::zero());
    MATVIEW_FUZZ_CHECK(!matview::support::format_duration(*duration).empty());
  }
  for (const int status : {429, 503}) {
    const HttpResponse response{.status = status,
                                .headers = {{"Retry-After", std::string(input)}, {"RateLimit", std::string(input)}}};
    for (const auto& wait : {matview::http::retry_after(response, Time{}), matview::http::exhausted_for(response)})
      MATVIEW_FUZZ_CHECK(!wait || *wait >= Duration::zero());
  }
  const HttpResponse dated{.status = 503,
                           .headers = {{"Retry-After", std::string(input)}, {"Date", std::string(input)}}};
  const auto wait = matview::http::retry_after(dated, Time{});
  MATVIEW_FUZZ_CHECK(!wait || *wait >= Duration::zero());
}
