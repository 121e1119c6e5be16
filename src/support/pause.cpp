#include "support/pause.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

namespace matview::support {

namespace {

// A signal handler can only set a flag; this often it is looked at.
constexpr std::chrono::milliseconds k_look{20};

}  // namespace

Result<void> check_control(const Control& control) {
  if (const int signal = control.stop.load(); signal != 0)
    return fail(signal == SIGTERM ? ErrorCode::terminated : ErrorCode::interrupted,
                signal == SIGTERM ? "stopped by SIGTERM" : "stopped by Ctrl-C");
  if (control.deadline && std::chrono::steady_clock::now() >= *control.deadline)
    return fail(ErrorCode::timeout, "the time limit was reached");
  return {};
}

Result<void> pause(Duration duration, const Control& control) {
  const auto end = std::chrono::steady_clock::now() + duration;
  while (true) {
    MATVIEW_TRY(check_control(control));
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) return {};
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(k_look, end - now));
  }
}

}  // namespace matview::support
