#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::support {

/// UTC: "2026-11-21T02:57:30Z"; a fraction only where it is not zero, of 3 or of 6 digits.
std::string format_rfc3339(Time time);

/// Reads an RFC 3339 time: 'T' or a space between date and time, a fraction of 1 to 9 digits (cut to microseconds),
/// 'Z' or an offset. `usage` if it is anything else, a day that does not exist included.
Result<Time> parse_rfc3339(std::string_view text);

/// Reads the date of an HTTP header field in each of the three forms of RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37
/// GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994". The day of the week is not checked. `usage` if
/// it is anything else.
Result<Time> parse_http_date(std::string_view text);

/// For people: "just now", "3 minutes ago", "in 2 hours".
std::string relative_time(Time then, Time now);

}  // namespace matview::support
