#pragma once

#include <string_view>

namespace matview::cli {

/// The help topic about schedules, refreshing by itself and suspension.
extern const std::string_view k_schedules_topic;

}  // namespace matview::cli
