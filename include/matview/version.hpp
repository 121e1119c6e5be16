#pragma once

#include <string_view>

namespace matview {

/// Version of matview, as "0.1.0": that of the build, which has it from one place, the top CMakeLists.txt.
std::string_view version();

}  // namespace matview
