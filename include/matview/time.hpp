#pragma once

#include <chrono>

namespace matview {

/// A point in UTC. Microseconds are what the catalog and every backend's API can hold.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// A length of time, in microseconds.
using Duration = std::chrono::microseconds;

}  // namespace matview
