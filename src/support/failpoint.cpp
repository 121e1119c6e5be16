#include "support/failpoint.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "support/file.hpp"

namespace matview::support {

namespace {

void trace(const char* file, std::string_view name) {
  const int fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return;
  const std::string line = std::string(name) + "\n";
  // A lost line only makes a test visit one step less, and that test counts its steps.
  [[maybe_unused]] const auto written = ::write(fd, line.data(), line.size());
  ::close(fd);
}

/// The action set for `name` in "NAME=ACTION,NAME=ACTION"; empty if none is.
std::string_view action_of(std::string_view settings, std::string_view name) {
  while (!settings.empty()) {
    const std::string_view entry = settings.substr(0, settings.find(','));
    settings.remove_prefix(std::min(settings.size(), entry.size() + 1));
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos && entry.substr(0, equals) == name) return entry.substr(equals + 1);
  }
  return {};
}

Result<void> act(std::string_view name, std::string_view action) {
  if (action == "kill") ::kill(::getpid(), SIGKILL);
  if (action == "enospc") return fail(system_error("pass the step", std::string(name), ENOSPC));
  if (action == "eio") return fail(system_error("pass the step", std::string(name), EIO));
  if (action.starts_with("sleep:"))
    std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(std::string(action.substr(6)).c_str())));
  return {};
}

}  // namespace

Result<void> failpoint(std::string_view name) {
  if (const char* file = std::getenv("MATVIEW_FAILPOINT_TRACE")) trace(file, name);
  const char* settings = std::getenv("MATVIEW_FAILPOINT");
  if (settings == nullptr) return {};
  return act(name, action_of(settings, name));
}

}  // namespace matview::support
