#include "support/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "support/descriptor.hpp"
#include "support/write_all.hpp"

namespace matview::support {

namespace fs = std::filesystem;

namespace {

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

Result<void> sync(const fs::path& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.get() < 0) return fail(system_error("open", path, errno));
  if (::fsync(file.get()) != 0) return fail(system_error("write to disk", path, errno));
  return {};
}

Result<void> write_and_sync(const fs::path& path, std::string_view content) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.get() < 0) return fail(system_error("create", path, errno));
  MATVIEW_TRY(write_all(file.get(), path, content));
  if (::fsync(file.get()) != 0) return fail(system_error("write to disk", path, errno));
  if (!file.close()) return fail(system_error("write", path, errno));
  return {};
}

}  // namespace

Result<void> write_all(int descriptor, const fs::path& path, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("write", path, errno));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Error system_error(std::string_view action, const fs::path& path, int error_number) {
  std::string reason = std::generic_category().message(error_number);
  if (!reason.empty()) reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  Error error(ErrorCode::failed, "cannot " + std::string(action) + " '" + path.string() + "': " + reason);
  if (error_number == ENOSPC || error_number == EDQUOT) error.hint = "free some space, then run it again";
  return error;
}

bool means_read_only(int error_number) {
  return error_number == EROFS || error_number == EACCES || error_number == EPERM;
}

Result<std::optional<FileStatus>> status_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return fail(system_error("look at", path, errno));
  }
  FileStatus status;
  status.size = info.st_size;
  status.mtime_ns = nanoseconds(info.st_mtim);
  status.ctime_ns = nanoseconds(info.st_ctim);
  status.inode = info.st_ino;
  status.device = info.st_dev;
  status.links = info.st_nlink;
  status.is_directory = S_ISDIR(info.st_mode);
  status.is_regular = S_ISREG(info.st_mode);
  return status;
}

Result<std::vector<std::string>> list_directory(const fs::path& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  if (!directory) {
    if (errno == ENOENT) return std::vector<std::string>{};
    return fail(system_error("list", path, errno));
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return fail(system_error("list", path, errno));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> read_file(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return fail(system_error("open", path, errno));
  std::string content;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error("read", path, errno));
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
  }
}

Result<void> make_directories(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return fsync_directory(path.parent_path());
  const int reason = errno;
  if (reason == ENOENT && path.has_relative_path()) {
    MATVIEW_TRY(make_directories(path.parent_path()));
    if (::mkdir(path.c_str(), 0777) == 0) return fsync_directory(path.parent_path());
    if (errno != EEXIST) return fail(system_error("create the directory", path, errno));
  } else if (reason != EEXIST) {
    // A directory that is there on a read-only file system may answer EROFS rather than EEXIST.
    MATVIEW_ASSIGN(const auto status, status_of(path));
    if (!status || !status->is_directory) return fail(system_error("create the directory", path, reason));
    return {};
  }
  MATVIEW_ASSIGN(const auto status, status_of(path));
  if (status && !status->is_directory) return fail(system_error("create the directory", path, ENOTDIR));
  return {};
}

Result<bool> remove_file(const fs::path& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return fail(system_error("remove", path, errno));
}

Result<void> remove_tree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code && code != std::errc::no_such_file_or_directory) return fail(system_error("remove", path, code.value()));
  return {};
}

Result<void> fsync_path(const fs::path& path) { return sync(path, O_RDONLY); }

Result<void> fsync_directory(const fs::path& path) {
  return sync(path.empty() ? fs::path(".") : path, O_RDONLY | O_DIRECTORY);
}

Result<void> write_durably(const fs::path& path, std::string_view content) {
  fs::path temporary = path;
  temporary += ".new-" + std::to_string(::getpid());
  auto written = write_and_sync(temporary, content);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = fail(system_error("rename", temporary, errno));
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return fsync_directory(path.parent_path());
}

}  // namespace matview::support
