#include "support/copy.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "support/descriptor.hpp"
#include "support/file.hpp"

namespace matview::support {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_block = 1 << 18;
constexpr std::int64_t k_second = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * k_second + time.tv_nsec; }

/// Fills the buffer unless the file ends first; how much there was.
Result<std::size_t> read_block(int fd, std::vector<char>& block, const fs::path& path) {
  std::size_t filled = 0;
  while (filled < block.size()) {
    const ssize_t count = ::read(fd, block.data() + filled, block.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error("read", path, errno));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

Result<void> write_block(int fd, const char* data, std::size_t size, const fs::path& path) {
  while (size > 0) {
    const ssize_t count = ::write(fd, data, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error("write", path, errno));
    data += count;
    size -= static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> copy_content(const fs::path& from, const fs::path& to) {
  const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (source.get() < 0) return fail(system_error("read", from, errno));
  const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (target.get() < 0) return fail(system_error("create", to, errno));
  // The kernel copies by itself where it can, on some file systems without copying at all.
  ssize_t copied = 0;
  while ((copied = ::copy_file_range(source.get(), nullptr, target.get(), nullptr, std::size_t{1} << 30, 0)) > 0) {
  }
  if (copied < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP && errno != EINTR)
    return fail(system_error("write", to, errno));
  // Goes on from where the kernel stopped; at the end of the file, if it did all.
  std::vector<char> block(k_block);
  while (true) {
    MATVIEW_ASSIGN(const auto count, read_block(source.get(), block, from));
    if (count == 0) return {};
    MATVIEW_TRY(write_block(target.get(), block.data(), count, to));
  }
}

}  // namespace

Result<void> link_file(const fs::path& from, const fs::path& to) {
  if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
  return fail(system_error("link", from, errno));
}

Result<void> copy_file(const fs::path& from, const fs::path& to) {
  MATVIEW_ASSIGN(const auto status, status_of(from));
  if (!status) return fail(system_error("read", from, ENOENT));
  auto done = copy_content(from, to);
  if (done) done = set_modification_time(to, status->mtime_ns);
  if (!done) (void)remove_file(to);
  return done;
}

Result<bool> clone_file(const fs::path& from, const fs::path& to) {
  MATVIEW_ASSIGN(const auto status, status_of(from));
  if (!status) return fail(system_error("read", from, ENOENT));
  bool cloned = false;
  {
    const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.get() < 0) return fail(system_error("read", from, errno));
    const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (target.get() < 0) return fail(system_error("create", to, errno));
    cloned = ::ioctl(target.get(), FICLONE, source.get()) == 0;
  }
  if (cloned && set_modification_time(to, status->mtime_ns)) return true;
  MATVIEW_TRY(remove_file(to));
  return false;
}

Result<void> append_part(const fs::path& from, std::int64_t begin, std::int64_t end, const fs::path& to) {
  const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (source.get() < 0) return fail(system_error("read", from, errno));
  if (::lseek(source.get(), begin, SEEK_SET) < 0) return fail(system_error("read", from, errno));
  const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (target.get() < 0) return fail(system_error("create", to, errno));
  std::vector<char> block(k_block);
  for (std::int64_t left = end - begin; left > 0;) {
    MATVIEW_ASSIGN(const auto count, read_block(source.get(), block, from));
    if (count == 0) return fail(ErrorCode::failed, "'" + from.string() + "' is shorter than it was");
    const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(left, static_cast<std::int64_t>(count)));
    MATVIEW_TRY(write_block(target.get(), block.data(), wanted, to));
    left -= static_cast<std::int64_t>(wanted);
  }
  return {};
}

Result<void> set_modification_time(const fs::path& path, std::int64_t mtime_ns) {
  std::int64_t seconds = mtime_ns / k_second;
  if (mtime_ns % k_second < 0) --seconds;
  const timespec time{seconds, static_cast<long>(mtime_ns - seconds * k_second)};
  const timespec times[2] = {time, time};
  if (::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0) return {};
  return fail(system_error("set the time of", path, errno));
}

Result<std::optional<ChangeTimes>> unlink_file(const fs::path& path) {
  // The descriptor shows what becomes of the file once this name of it is gone.
  const Descriptor file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return std::nullopt;
  struct stat before {};
  const bool watched = file.get() >= 0 && ::fstat(file.get(), &before) == 0;
  MATVIEW_ASSIGN(const bool removed, remove_file(path));
  struct stat after {};
  if (!watched || !removed || ::fstat(file.get(), &after) != 0 || after.st_nlink == 0) return std::nullopt;
  return ChangeTimes{nanoseconds(before.st_ctim), nanoseconds(after.st_ctim)};
}

Result<bool> same_content(const fs::path& left, const fs::path& right) {
  const Descriptor first(::open(left.c_str(), O_RDONLY | O_CLOEXEC));
  if (first.get() < 0) return fail(system_error("read", left, errno));
  const Descriptor second(::open(right.c_str(), O_RDONLY | O_CLOEXEC));
  if (second.get() < 0) return fail(system_error("read", right, errno));
  std::vector<char> a(k_block);
  std::vector<char> b(k_block);
  while (true) {
    MATVIEW_ASSIGN(const auto read, read_block(first.get(), a, left));
    MATVIEW_ASSIGN(const auto other, read_block(second.get(), b, right));
    if (read != other || !std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(read), b.begin())) return false;
    if (read == 0) return true;
  }
}

}  // namespace matview::support
