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

/// The columns that the name of the view takes, and those that are left for it beside the rest of its line: eight at
/// least.
int progress_name_width(const Progress& progress);
int progress_name_room(const Progress& progress, Duration elapsed, std::size_t others, const Style& style);

/// "sales  reading  [=====>      ]  45 %  1,350,000 rows  12 s left", cut to the width; where nobody knows how far it
/// is, how long it has been at work. `others` more are at work that have no line. With `name_width` the name is cut or
/// filled up to so many columns, so that lines above each other can be read down.
std::string progress_bar(const Progress& progress, Duration elapsed, std::size_t others, const Style& style,
                         std::optional<int> name_width = {});

/// "and 12 more at work", in the width.
std::string more_at_work(std::size_t others, const Style& style);

}  // namespace matview::output
