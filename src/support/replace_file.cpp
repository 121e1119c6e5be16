#include "support/replace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "support/descriptor.hpp"
#include "support/file.hpp"
#include "support/write_all.hpp"

namespace matview::support {

namespace fs = std::filesystem;

namespace {

/// What is there now, links followed; mode 0 where nothing is.
struct Target {
  fs::path path;
  mode_t mode = 0;

  bool is_special() const { return mode != 0 && !S_ISREG(mode); }
};

/// Where a link leads, also one to a file that is yet to be made.
fs::path followed(fs::path path) {
  constexpr int k_most_links = 40;  // as many as the kernel follows
  std::error_code problem;
  for (int i = 0; i < k_most_links && fs::is_symlink(path, problem); ++i) {
    const auto next = fs::read_symlink(path, problem);
    if (problem) break;
    path = path.parent_path() / next;
  }
  return path;
}

Result<Target> target_of(const fs::path& path) {
  Target target{followed(path), 0};
  struct stat info {};
  if (::stat(target.path.c_str(), &info) == 0)
    target.mode = info.st_mode;
  else if (errno != ENOENT)
    return fail(system_error("write", path, errno));
  if (S_ISDIR(target.mode)) return fail(system_error("write", path, EISDIR));
  return target;
}

fs::path beside(const fs::path& path) {
  fs::path temporary = path;
  temporary += ".new-" + std::to_string(::getpid());
  return temporary;
}

Result<void> write_special(const fs::path& path, std::string_view content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (file.get() < 0) return fail(system_error("write", path, errno));
  return write_all(file.get(), path, content);
}

Result<void> write_new(const fs::path& temporary, const fs::path& path, std::string_view content,
                       std::optional<mode_t> mode) {
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode ? 0600 : 0666));
  if (file.get() < 0) return fail(system_error("write", path, errno));
  if (mode && ::fchmod(file.get(), *mode) != 0) return fail(system_error("write", path, errno));
  MATVIEW_TRY(write_all(file.get(), path, content));
  // Else a machine that loses power may come back with an empty file under the old name.
  if (::fsync(file.get()) != 0) return fail(system_error("write to disk", path, errno));
  if (!file.close()) return fail(system_error("write", path, errno));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(system_error("write", path, errno));
  return {};
}

}  // namespace

Result<void> replace_file(const fs::path& path, std::string_view content, std::optional<mode_t> mode) {
  MATVIEW_ASSIGN(const Target target, target_of(path));
  if (target.is_special()) return write_special(target.path, content);
  const fs::path temporary = beside(target.path);
  if (target.mode != 0) mode = target.mode & 0777;
  auto written = write_new(temporary, target.path, content, mode);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Result<void> check_replaceable(const fs::path& path) {
  MATVIEW_ASSIGN(const Target target, target_of(path));
  if (target.is_special()) {
    if (::access(target.path.c_str(), W_OK) != 0) return fail(system_error("write", path, errno));
    return {};
  }
  const fs::path temporary = beside(target.path);
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return fail(system_error("write", path, errno));
  ::unlink(temporary.c_str());
  return {};
}

Result<void> check_appendable(const fs::path& path) { return append_to_file(path, {}); }

Result<void> append_to_file(const fs::path& path, std::string_view text) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (file.get() < 0) return fail(system_error("append to", path, errno));
  MATVIEW_TRY(write_all(file.get(), path, text));
  if (!file.close()) return fail(system_error("append to", path, errno));
  return {};
}

}  // namespace matview::support
