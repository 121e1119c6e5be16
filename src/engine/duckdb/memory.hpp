#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace matview::engine {

/// Bytes of memory this process may use: what the machine has, or less where a cgroup (v1 or v2, any ancestor) says so.
std::int64_t available_memory();

/// The same, from the text of /proc/self/cgroup and the directory where cgroups are mounted.
std::int64_t available_memory(std::int64_t physical, std::string_view cgroups, const std::filesystem::path& mount);

}  // namespace matview::engine
