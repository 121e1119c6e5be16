#include "support/service_notifier.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <mutex>
#include <thread>

namespace matview::support {

namespace {

void send(const std::string& socket_name, std::string_view message) {
  if (socket_name.empty()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // Others than these two are for later versions of the protocol.
  const bool known = socket_name.front() == '/' || socket_name.front() == '@';
  if (!known || socket_name.size() >= sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, socket_name.data(), socket_name.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_name.size());
  (void)::sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                 length);
  ::close(descriptor);
}

std::optional<std::int64_t> number(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

std::optional<std::chrono::microseconds> watchdog_period(const Environment& environment, long pid) {
  const auto period = number(environment.variable("WATCHDOG_USEC"));
  if (!period || *period <= 0) return std::nullopt;
  const auto meant = environment.variable("WATCHDOG_PID");
  if (meant && number(meant) != std::int64_t{pid}) return std::nullopt;
  return std::chrono::microseconds(*period);
}

/// Says that the process is alive, twice in each period. From a thread, since a refresh may take hours.
class ServiceNotifier::Heart {
 public:
  Heart(std::string socket, std::chrono::microseconds period)
      : socket_(std::move(socket)), interval_(period / 2), thread_([this] { beat(); }) {}

  ~Heart() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Heart(const Heart&) = delete;
  Heart& operator=(const Heart&) = delete;

 private:
  void beat() {
    std::unique_lock lock(mutex_);
    while (!over_) {
      send(socket_, "WATCHDOG=1");
      changed_.wait_for(lock, interval_, [this] { return over_; });
    }
  }

  std::string socket_;
  std::chrono::microseconds interval_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;  // last: it uses the others
};

ServiceNotifier::ServiceNotifier(const Environment& environment)
    : socket_(environment.variable("NOTIFY_SOCKET").value_or("")) {
  const auto period = watchdog_period(environment, ::getpid());
  if (!socket_.empty() && period) heart_ = std::make_unique<Heart>(socket_, *period);
}

ServiceNotifier::~ServiceNotifier() = default;

void ServiceNotifier::ready(std::string_view status) {
  send(socket_, fmt::format("READY=1\nSTATUS={}", one_line(status)));
}

void ServiceNotifier::status(std::string_view status) { send(socket_, fmt::format("STATUS={}", one_line(status))); }

void ServiceNotifier::reloading() {
  // Type=notify-reload wants to know that this is later than its signal, by the clock of both.
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  send(socket_, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds));
}

void ServiceNotifier::stopping() { send(socket_, "STOPPING=1"); }

}  // namespace matview::support
