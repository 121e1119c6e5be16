#include "support/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "support/file.hpp"

namespace matview::support {

namespace fs = std::filesystem;

namespace {

/// Whether `path` still names the file that `fd` has open: its last holder may have removed it while we waited.
bool is_still_there(int fd, const fs::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

int flock_uninterrupted(int fd, int operation) {
  int result = 0;
  do {
    result = ::flock(fd, operation);
  } while (result != 0 && errno == EINTR);
  return result;
}

}  // namespace

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::optional<FileLock>> FileLock::take(const fs::path& path, int open_flags, int operation) {
  while (true) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | open_flags, 0666);
    if (fd < 0) {
      if (errno == ENOENT && (open_flags & O_CREAT) == 0) return std::nullopt;
      return fail(system_error("open the lock", path, errno));
    }
    FileLock lock(fd, path);
    if (flock_uninterrupted(fd, operation) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      return fail(system_error("lock", path, errno));
    }
    if (is_still_there(fd, path)) return lock;
  }
}

Result<std::optional<FileLock>> FileLock::try_acquire(const fs::path& path) {
  return take(path, O_CREAT, LOCK_EX | LOCK_NB);
}

Result<std::optional<FileLock>> FileLock::try_acquire_existing(const fs::path& path) {
  return take(path, 0, LOCK_EX | LOCK_NB);
}

Result<FileLock> FileLock::acquire(const fs::path& path) {
  MATVIEW_ASSIGN(std::optional<FileLock> lock, take(path, O_CREAT, LOCK_EX));
  return *std::move(lock);
}

Result<void> FileLock::write(std::string_view content) {
  if (::ftruncate(fd_, 0) != 0) return fail(system_error("write", path_, errno));
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t count = ::pwrite(fd_, content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error("write", path_, errno));
    done += static_cast<std::size_t>(count);
  }
  return {};
}

void FileLock::remove_file() { ::unlink(path_.c_str()); }

}  // namespace matview::support
