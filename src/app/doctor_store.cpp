#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "app/doctor_checks.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_little_space = std::uint64_t{1} << 30;

// From linux/magic.h and the kernel's sources: NFS, SMB, SMB2, CIFS, AFS, 9P, Ceph.
constexpr std::array<std::uint32_t, 7> k_network_file_systems{0x6969,     0x517B,     0xFE534D42, 0xFF534D42,
                                                              0x5346414F, 0x01021997, 0x00C36400};

Error cannot(std::string_view what, const fs::path& path, int number) {
  return Error(ErrorCode::failed, fmt::format("cannot {} '{}': {}", what, path.string(),
                                              std::error_code(number, std::generic_category()).message()));
}

// The nearest part of the path that exists: what will hold the store when it is made.
fs::path existing_part(fs::path path) {
  struct stat status {};
  while (::lstat(path.c_str(), &status) != 0 && path.has_relative_path()) path = path.parent_path();
  return path;
}

void check_directory(Findings& findings, const fs::path& store, const fs::path& existing) {
  const bool made = existing == store;
  struct stat status {};
  if (::stat(existing.c_str(), &status) != 0)
    return findings.failed("store directory", cannot("look at", existing, errno));
  if (!S_ISDIR(status.st_mode)) return findings.failed("store directory", cannot("use", existing, ENOTDIR));
  if (::access(existing.c_str(), W_OK | X_OK) != 0) {
    const int number = errno;
    if (made && ::access(existing.c_str(), R_OK | X_OK) == 0)
      return findings.warning("store directory",
                              fmt::format("{} can be read only: {}", store.string(),
                                          std::error_code(number, std::generic_category()).message()));
    return findings.failed("store directory", cannot(made ? "write to" : "make the store in", existing, number));
  }
  if (!made) return findings.ok("store directory", store.string() + " is not there yet; 'create' makes it");
  if ((status.st_mode & S_IWOTH) != 0)
    return findings.warning("store directory", store.string() + " can be changed by every user",
                            "chmod o-w " + store.string());
  findings.ok("store directory", store.string());
}

// Locks and SQLite's write-ahead log need one kernel to see all who take part.
void check_file_system(Findings& findings, const fs::path& existing) {
  struct statfs system {};
  if (::statfs(existing.c_str(), &system) != 0) return;
  const auto type = static_cast<std::uint32_t>(system.f_type);
  if (std::find(k_network_file_systems.begin(), k_network_file_systems.end(), type) != k_network_file_systems.end())
    findings.warning("file system", existing.string() + " is on a network file system, where locks may not hold",
                     "keep the store on a local disk, or use it from one machine only");
}

void check_space(Findings& findings, const fs::path& existing) {
  std::error_code problem;
  const auto space = fs::space(existing, problem);
  if (problem) return findings.failed("free space", cannot("measure", existing, problem.value()));
  const auto text = fmt::format("{} free of {}", support::human_bytes(static_cast<std::int64_t>(space.available)),
                                support::human_bytes(static_cast<std::int64_t>(space.capacity)));
  if (space.available < k_little_space)
    return findings.warning("free space", text, "'matview gc' removes expired versions");
  findings.ok("free space", text);
}

}  // namespace

void check_store(Findings& findings, const config::Profile& profile) {
  const auto settings = config::provider_settings(profile);
  if (!settings) return findings.failed("store directory", settings.error());
  const fs::path store = settings->at("store");
  const auto existing = existing_part(store);
  check_directory(findings, store, existing);
  check_file_system(findings, existing);
  check_space(findings, existing);
}

void check_time_zone(Findings& findings, const config::Profile& profile) {
  constexpr std::string_view k_zones = "/usr/share/zoneinfo";
  const auto found = profile.settings.find("timezone");
  std::error_code ignored;
  if (found == profile.settings.end()) return;
  const auto& zone = found->second.value;
  const auto where = fmt::format("{} ({})", zone, found->second.origin.where);
  const bool relative = !fs::path(zone).is_absolute();
  if (!fs::is_directory(k_zones, ignored) || (relative && fs::is_regular_file(fs::path(k_zones) / zone, ignored)))
    return findings.ok("time zone", where);
  findings.warning("time zone", where + " is not among the system's time zones",
                   "give an IANA name such as Europe/Berlin");
}

}  // namespace matview::app
