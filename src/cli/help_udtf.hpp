#pragma once

#include <string_view>

namespace matview::cli {

/// The help topic about views that are made by a program.
extern const std::string_view k_udtf_topic;

}  // namespace matview::cli
