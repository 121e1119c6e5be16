#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/result.hpp"

namespace matview::support {

/// What stat says of a file, symbolic links followed. Times in nanoseconds since 1970.
struct FileStatus {
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint64_t links = 0;
  bool is_directory = false;
  bool is_regular = false;
};

/// "cannot `action` 'PATH': reason" for an errno value; `failed`, with a hint where there is an obvious one.
Error system_error(std::string_view action, const std::filesystem::path& path, int error_number);

/// True for the errno values that say "this cannot be written here", as on a read-only file system.
bool means_read_only(int error_number);

/// Empty where there is no such file; an error where it cannot be looked at.
Result<std::optional<FileStatus>> status_of(const std::filesystem::path& path);

/// Names in a directory, sorted, without "." and "..". A missing directory has none.
Result<std::vector<std::string>> list_directory(const std::filesystem::path& path);

/// The whole content of a file.
Result<std::string> read_file(const std::filesystem::path& path);

/// Makes a directory and the missing ones above it. Each new entry is durable when this returns.
Result<void> make_directories(const std::filesystem::path& path);

/// Removes a file; false if it was not there.
Result<bool> remove_file(const std::filesystem::path& path);

/// Removes a directory with all in it; what is already gone is no error.
Result<void> remove_tree(const std::filesystem::path& path);

/// Writes data and metadata of a file, or the entries of a directory, to the disk. A failure is final: the kernel may
/// have dropped the pages, and a second call would report success for data that never arrived. Abandon the file.
Result<void> fsync_path(const std::filesystem::path& path);
Result<void> fsync_directory(const std::filesystem::path& path);

/// Replaces the content of `path` in one step: a new file beside it, synced, then renamed over it.
Result<void> write_durably(const std::filesystem::path& path, std::string_view content);

}  // namespace matview::support
