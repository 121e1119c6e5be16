#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/provider.hpp"

namespace matview::providers::memory {

std::vector<OptionSpec> options();

/// The options of one request, checked. `usage` for values that are none.
struct Options {
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> delay;  ///< milliseconds
  std::string fail_with;              ///< symbol of the error; empty: none
  std::vector<std::string> upstream;
  std::int64_t stop_delay = 0;  ///< milliseconds
};
Result<Options> read_options(const OptionValues& values);

}  // namespace matview::providers::memory
