#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::support {

/// A file held with flock for this object's life. The kernel releases it when the process dies, however it dies, so
/// there are no stale locks. Not inherited by programs this process starts.
class FileLock {
 public:
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  /// Takes the lock on `path`, which is made if missing, or answers empty at once if somebody holds it.
  static Result<std::optional<FileLock>> try_acquire(const std::filesystem::path& path);

  /// Takes the lock of a file that is there; empty if it is held or gone.
  static Result<std::optional<FileLock>> try_acquire_existing(const std::filesystem::path& path);

  /// Takes the lock, waiting for its holder.
  static Result<FileLock> acquire(const std::filesystem::path& path);

  /// Replaces what the file holds; it is there to be read by people and by those who meet the lock.
  Result<void> write(std::string_view content);

  /// Removes the file while it is held: whoever waits for it finds it gone and makes a new one.
  void remove_file();

  const std::filesystem::path& path() const { return path_; }

 private:
  FileLock(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
  static Result<std::optional<FileLock>> take(const std::filesystem::path& path, int open_flags, int operation);

  int fd_ = -1;
  std::filesystem::path path_;
};

}  // namespace matview::support
