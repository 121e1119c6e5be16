#include "output/sink.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace matview::output {

namespace {

constexpr std::size_t k_block = 64 * 1024;

tl::unexpected<Error> cannot_write(int error) {
  return fail(ErrorCode::failed,
              fmt::format("cannot write output: {}", std::generic_category().default_error_condition(error).message()));
}

}  // namespace

Result<void> FdSink::write(std::string_view text) {
  if (closed_) return {};
  if (error_ != 0) return cannot_write(error_);
  buffer_.append(text);
  if (buffer_.size() < k_block) return {};
  return flush();
}

Result<void> FdSink::flush() {
  if (closed_) return {};
  if (error_ != 0) return cannot_write(error_);
  auto result = write_all(buffer_);
  buffer_.clear();
  return result;
}

Result<void> FdSink::write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Somebody else's non-blocking pipe: wait for room, or for the error that the next write will tell.
      pollfd waiting{fd_, POLLOUT, 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    if (errno == EPIPE) {
      closed_ = true;
      return {};
    }
    error_ = errno;
    return cannot_write(error_);
  }
  return {};
}

}  // namespace matview::output
