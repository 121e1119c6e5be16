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

/// The columns that the name of the view takes at most.
std::size_t progress_name_width(const Progress& progress, const Style& style);

/// "sales  reading  [=====>      ]  45 %  1,350,000 rows  12 s left", cut to the width; where nobody knows how far it
/// is, how long it has been at work. `others` more are at work that have no line. The name is filled up to `name_width`
/// columns, so that lines above each other can be read down.
std::string progress_bar(const Progress& progress, Duration elapsed, std::size_t others, const Style& style,
                         std::size_t name_width = 0);

/// "and 12 more at work", in the width.
std::string more_at_work(std::size_t others, const Style& style);

}  // namespace matview::output
