#pragma once

#include <string_view>

namespace matview::cli {

/// The topic `json`.
extern const std::string_view k_json_topic;

}  // namespace matview::cli
