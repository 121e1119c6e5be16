#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "matview/control.hpp"
#include "matview/time.hpp"
#include "output/format.hpp"

namespace matview::output {

/// How long the rest will take if it goes on as so far; empty while that would be a guess.
std::optional<Duration> time_left(std::optional<double> fraction, Duration elapsed);

/// "sales: reading, 45 %, 1,350,000 rows, 12 s left".
std::string plain_progress(const Progress& progress, Duration elapsed);

/// "sales  reading  [=====>      ]  45 %  1,350,000 rows  12 s left", cut to the width. `others` more are at work.
std::string progress_bar(const Progress& progress, Duration elapsed, std::size_t others, const Style& style);

}  // namespace matview::output
