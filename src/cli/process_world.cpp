#include "cli/process_world.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string_view>
#include <system_error>
#include <tuple>

namespace matview::cli {

namespace {

// A signal handler can reach nothing but a global.
std::atomic<int> k_stop{0};
std::atomic<int> k_hangups{0};
std::atomic<int> k_midline{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_stop_signal(int number) {
  if (k_stop.exchange(number) == 0) return;
  if (const int terminal = k_midline.load(); terminal != 0) std::ignore = ::write(terminal, "\r\n", 2);
  ::_exit(128 + number);
}

// A terminal that goes away tells of it more than once, and nobody is there who is in a hurry.
extern "C" void on_terminal_gone(int /*number*/) {
  int none = 0;
  k_stop.compare_exchange_strong(none, SIGTERM);
}

extern "C" void on_time_is_up(int /*number*/) { ::_exit(0); }
extern "C" void on_hangup(int) { k_hangups.fetch_add(1); }

class ProcessEnvironment final : public Environment {
 public:
  std::optional<std::string> variable(const std::string& name) const override {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  }

  std::vector<std::string> variable_names() const override {
    std::vector<std::string> names;
    for (char** entry = ::environ; entry && *entry; ++entry) {
      const std::string_view text = *entry;
      names.emplace_back(text.substr(0, text.find('=')));
    }
    return names;
  }

  Time now() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

  std::filesystem::path working_directory() const override {
    std::error_code error;
    auto path = std::filesystem::current_path(error);
    return error ? std::filesystem::path("/") : path;  // it was removed under us
  }

  std::array<std::uint8_t, 16> random_bytes() const override {
    std::array<std::uint8_t, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size())) return bytes;
    std::random_device device;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(device());
    return bytes;
  }
};

void open_closed_descriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor)
    while (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
      if (::open("/dev/null", O_RDWR) < 0) return;
}

// Each thread that allocates asks for memory in steps of some pages, with a system call that stops all the others:
// hundreds of them in a small refresh. One large step costs nothing as long as the pages are not touched.
void let_memory_grow_in_large_steps() {
  constexpr int k_mebibyte = 1 << 20;
  ::mallopt(M_TOP_PAD, 16 * k_mebibyte);
  // To set one of them ends glibc's own adjustment of the others: they stay where that would have ended.
  ::mallopt(M_MMAP_THRESHOLD, 32 * k_mebibyte);
  ::mallopt(M_TRIM_THRESHOLD, 64 * k_mebibyte);
}

}  // namespace

void prepare_process() {
  let_memory_grow_in_large_steps();
  open_closed_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of the size of files is an error of write, too
  // Without SA_RESTART, so that a read that waits for a person ends.
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    // `nohup` and shells without job control start us with signals ignored; that stays.
    if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    action.sa_handler = number == SIGHUP ? on_terminal_gone : on_stop_signal;
    ::sigaction(number, &action, nullptr);
  }
}

const std::atomic<int>& stop_signal() { return k_stop; }

const std::atomic<int>& catch_hangup() {
  struct sigaction action {};
  action.sa_handler = on_hangup;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGHUP, &action, nullptr);
  return k_hangups;
}

std::unique_ptr<Environment> process_environment() { return std::make_unique<ProcessEnvironment>(); }

void end_process_after(Duration time) {
  struct sigaction action {};
  action.sa_handler = on_time_is_up;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGALRM, &action, nullptr);
  itimerval timer{};
  timer.it_value.tv_sec = time.count() / 1'000'000;
  timer.it_value.tv_usec = time.count() % 1'000'000;
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

std::atomic<int>& midline() { return k_midline; }

output::TerminalSize terminal_size(int descriptor) {
  winsize size{};
  output::TerminalSize result;
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return result;
  if (size.ws_col > 0) result.columns = size.ws_col;
  if (size.ws_row > 0) result.rows = size.ws_row;
  return result;
}

}  // namespace matview::cli
