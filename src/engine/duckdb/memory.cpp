#include "engine/duckdb/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace matview::engine {

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The smallest limit of `group` and its ancestors below `mount`. "max" and unreadable files limit nothing.
std::int64_t smallest_limit(std::int64_t limit, const std::filesystem::path& mount, std::filesystem::path group,
                            const char* file) {
  group = group.relative_path();
  for (;;) {
    std::int64_t value = 0;
    if (std::istringstream(contents(mount / group / file)) >> value && value > 0) limit = std::min(limit, value);
    if (group.empty()) return limit;
    group = group.parent_path();
  }
}

}  // namespace

std::int64_t available_memory(std::int64_t physical, std::string_view cgroups, const std::filesystem::path& mount) {
  std::int64_t limit = physical;
  std::istringstream lines{std::string(cgroups)};
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const std::filesystem::path group = line.substr(second + 1);
    if (controllers.empty()) limit = smallest_limit(limit, mount, group, "memory.max");
    if (("," + controllers + ",").find(",memory,") != std::string::npos)
      limit = smallest_limit(limit, mount / "memory", group, "memory.limit_in_bytes");
  }
  return limit;
}

std::int64_t available_memory() {
  const auto physical = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  return available_memory(physical, contents("/proc/self/cgroup"), "/sys/fs/cgroup");
}

}  // namespace matview::engine
