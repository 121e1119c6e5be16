#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace matview::test {

namespace {

constexpr int k_exec_failed = 126;

/// How sanitizers behave. A child needs them as the test does: the suppressions, and an exit code that is no other.
constexpr std::array k_sanitizer_options = {"ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"};

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return {ends[0], ends[1]};
}

Pipe make_terminal(int columns, int rows) {
  Pipe ends;
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  if (::openpty(&ends.read, &ends.write, nullptr, nullptr, &size) != 0) throw std::runtime_error("openpty failed");
  ::fcntl(ends.read, F_SETFD, FD_CLOEXEC);
  ::fcntl(ends.write, F_SETFD, FD_CLOEXEC);
  return ends;
}

void close_and_forget(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// What the child needs, made before fork: after it only async-signal-safe calls are allowed.
struct Child {
  const char* program;
  char** arguments;
  char** environment;
  const char* directory;
  std::array<int, 3> descriptors;  ///< what becomes 0, 1, 2; -1: closed
  bool terminal;
  std::optional<mode_t> umask;
};

[[noreturn]] void become(const Child& child) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  if (child.terminal) {
    ::setsid();
    ::ioctl(child.descriptors[0], TIOCSCTTY, 0);
  }
  if (child.umask) ::umask(*child.umask);
  if (::chdir(child.directory) != 0) ::_exit(k_exec_failed);
  // Our ends are all above 2, so that no dup2 overwrites one that is still to come.
  for (int i = 0; i < 3; ++i) {
    if (child.descriptors[i] < 0)
      ::close(i);
    else if (::dup2(child.descriptors[i], i) < 0)
      ::_exit(k_exec_failed);
  }
  ::execve(child.program, child.arguments, child.environment);
  ::_exit(k_exec_failed);
}

bool contains(const std::vector<int>& list, int item) {
  for (const int candidate : list)
    if (candidate == item) return true;
  return false;
}

}  // namespace

std::filesystem::path matview_binary() {
  const char* path = std::getenv("MATVIEW_BINARY");
  if (!path) throw std::runtime_error("MATVIEW_BINARY is not set");
  return path;
}

Process::Process(const Command& command) : deadline_(std::chrono::steady_clock::now() + command.time_limit) {
  ::signal(SIGPIPE, SIG_IGN);  // a child that ends before it has read its input must not end the test
  const std::string program = (command.program.empty() ? matview_binary() : command.program).string();
  std::vector<std::string> argument_texts{program};
  argument_texts.insert(argument_texts.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment_texts;
  for (const auto& [name, value] : command.environment) environment_texts.push_back(name + "=" + value);
  for (const auto* name : k_sanitizer_options) {
    const char* value = std::getenv(name);
    if (value && !command.environment.contains(name)) environment_texts.push_back(std::string(name) + "=" + value);
  }
  const std::string directory = command.directory.string();
  auto arguments = pointers(argument_texts);
  auto environment = pointers(environment_texts);
  Child child{program.c_str(), arguments.data(), environment.data(), directory.c_str(),
              {-1, -1, -1},    command.terminal, command.umask};

  if (command.terminal) {
    const Pipe terminal = make_terminal(command.columns, command.rows);
    child.descriptors = {terminal.write, terminal.write, terminal.write};
    out_ = terminal.read;
    in_ = ::fcntl(out_, F_DUPFD_CLOEXEC, 3);
  } else {
    const Pipe input = make_pipe();
    const Pipe output = make_pipe();
    const Pipe errors = make_pipe();
    child.descriptors = {input.read, output.write, errors.write};
    in_ = input.write;
    out_ = output.read;
    err_ = errors.read;
    pending_input_ = command.input;
    if (command.output_file) {
      ::close(child.descriptors[1]);
      child.descriptors[1] = ::open(command.output_file->c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      if (child.descriptors[1] < 0) throw std::runtime_error("cannot open " + *command.output_file);
    }
    ::fcntl(in_, F_SETFL, O_NONBLOCK);
  }

  const auto ends = child.descriptors;
  for (int i = 0; i < 3; ++i)
    if (contains(command.closed, i)) child.descriptors[i] = -1;

  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) become(child);
  ::close(ends[0]);
  if (!command.terminal) {
    ::close(ends[1]);
    ::close(ends[2]);
    if (pending_input_.empty()) close_and_forget(in_);
  }
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      in_(std::exchange(other.in_, -1)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)),
      pending_input_(std::move(other.pending_input_)),
      deadline_(other.deadline_),
      outcome_(std::move(other.outcome_)) {}

Process::~Process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  close_and_forget(in_);
  close_and_forget(out_);
  close_and_forget(err_);
}

void Process::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void Process::type(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(in_, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Process::resize(int columns, int rows) const {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  if (::ioctl(out_, TIOCSWINSZ, &size) != 0) throw std::runtime_error("TIOCSWINSZ failed");
}

void Process::close_output() { close_and_forget(out_); }

bool Process::pump() {
  std::array<pollfd, 3> polled{{{out_, POLLIN, 0}, {err_, POLLIN, 0}, {-1, POLLOUT, 0}}};
  if (!pending_input_.empty()) polled[2].fd = in_;
  if (out_ < 0 && err_ < 0) return false;
  ::poll(polled.data(), polled.size(), 50);

  std::array<char, 65536> buffer;
  const auto read_from = [&](const pollfd& entry, int& descriptor, std::string& text) {
    if (descriptor < 0 || entry.revents == 0) return;
    const auto got = ::read(descriptor, buffer.data(), buffer.size());
    if (got > 0)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    else if (got == 0 || errno != EINTR)
      close_and_forget(descriptor);  // a terminal whose other side is gone answers EIO
  };
  read_from(polled[0], out_, outcome_.out);
  read_from(polled[1], err_, outcome_.err);
  if (polled[2].fd >= 0 && polled[2].revents != 0) {
    const auto written = ::write(in_, pending_input_.data(), pending_input_.size());
    if (written > 0) pending_input_.erase(0, static_cast<std::size_t>(written));
    if (pending_input_.empty() || (written < 0 && errno != EAGAIN)) {
      pending_input_.clear();
      close_and_forget(in_);
    }
  }
  return out_ >= 0 || err_ >= 0;
}

bool Process::wait_for(std::string_view text) {
  const auto seen = [&] {
    return outcome_.out.find(text) != std::string::npos || outcome_.err.find(text) != std::string::npos;
  };
  while (!seen()) {
    if (std::chrono::steady_clock::now() > deadline_ || !pump()) return seen();
  }
  return true;
}

bool Process::wait_for_more() {
  const auto before = outcome_.out.size() + outcome_.err.size();
  while (outcome_.out.size() + outcome_.err.size() == before)
    if (std::chrono::steady_clock::now() > deadline_ || !pump()) return false;
  return true;
}

Outcome Process::wait() {
  int status = 0;
  bool open = true;
  while (true) {
    if (open) open = pump();
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) break;
    if (std::chrono::steady_clock::now() > deadline_) {
      outcome_.timed_out = true;
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      break;
    }
    if (!open) ::usleep(2000);
  }
  pid_ = -1;
  // What it wrote last is still in the pipes. A grandchild may keep them open, so do not wait for their end.
  for (std::size_t before = 1, after = 0; before != after && pump();) {
    before = after;
    after = outcome_.out.size() + outcome_.err.size();
  }
  if (WIFEXITED(status)) outcome_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome_.signal = WTERMSIG(status);
  // A test that expects the child to fail must not take a sanitizer's report for the failure.
  for (const auto* text : {&outcome_.out, &outcome_.err})
    if (text->find("Sanitizer: ") != std::string::npos) throw std::runtime_error(*text);
  return outcome_;
}

Outcome run(const Command& command) { return Process(command).wait(); }

}  // namespace matview::test
