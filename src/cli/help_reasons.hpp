#pragma once

#include <string_view>

namespace matview::cli {

/// 'matview help reasons': the coded reasons of refreshes.
extern const std::string_view k_reasons_topic;

}  // namespace matview::cli
