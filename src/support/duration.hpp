#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::support {

/// Reads "500ms", "90s", "15m", "2h", "7d" or several of them from the largest unit down: "1h30m".
/// A number without a unit, a negative one, an unknown unit or an overflow is a `usage` error that names the form.
Result<Duration> parse_duration(std::string_view text);

/// For people, the two largest units: "850 ms", "1.2 s", "3 min 4 s", "2 h 5 min", "3 d 4 h".
std::string format_duration(Duration duration);

}  // namespace matview::support
