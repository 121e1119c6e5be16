#include "cli/input.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace matview::cli {

namespace {

// A signal that arrives just before poll would go unnoticed for as long as this.
constexpr int k_look_up_ms = 100;

}  // namespace

Result<bool> FdInput::fill() {
  std::array<char, 65536> bytes;
  while (true) {
    if (const int signal = stop_.load(); signal != 0)
      return fail(signal == SIGTERM ? ErrorCode::terminated : ErrorCode::interrupted, "stopped while reading stdin");
    pollfd waiting{fd_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, k_look_up_ms);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const auto got = ::read(fd_, bytes.data(), bytes.size());
    if (got > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    ended_ = got == 0;
    if (got >= 0) return got > 0;
    if (errno != EINTR && errno != EAGAIN)
      return fail(ErrorCode::failed, fmt::format("cannot read stdin: {}", std::strerror(errno)));
  }
}

Result<std::string> FdInput::read_line() {
  while (buffer_.find('\n') == std::string::npos) {
    MATVIEW_ASSIGN(const bool more, fill());
    if (!more) return std::exchange(buffer_, {});
  }
  const auto end = buffer_.find('\n');
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

Result<std::string> FdInput::read_all() {
  while (true) {
    MATVIEW_ASSIGN(const bool more, fill());
    if (!more) return std::exchange(buffer_, {});
  }
}

}  // namespace matview::cli
