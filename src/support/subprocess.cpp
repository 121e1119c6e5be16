#include "support/subprocess.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "support/descriptor.hpp"

namespace matview::support {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::string_view k_default_path = "/usr/local/bin:/usr/bin:/bin";

// How long a change that no descriptor announces (the end of the program, the stop flag) may go unnoticed.
constexpr int k_tick_ms = 10;

std::string system_error(int number) { return std::error_code(number, std::generic_category()).message(); }

struct Pipe {
  Descriptor read;
  Descriptor write;
};

// Under cron 0, 1 and 2 may be free: a pipe that got one of them would be overwritten by the redirections.
int above_standard(int number) {
  const int moved = ::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(number);
  return moved;
}

Result<void> open_pipe(Pipe& ends) {
  std::array<int, 2> numbers{};
  if (::pipe2(numbers.data(), O_CLOEXEC) != 0)
    return fail(ErrorCode::failed, "cannot make a pipe: " + system_error(errno));
  ends.read.reset(above_standard(numbers[0]));
  ends.write.reset(above_standard(numbers[1]));
  if (!ends.read.open() || !ends.write.open() || ::fcntl(ends.read.get(), F_SETFL, O_NONBLOCK) != 0)
    return fail(ErrorCode::failed, "cannot set up a pipe: " + system_error(errno));
  return {};
}

class SpawnSetup {
 public:
  SpawnSetup() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void redirect(int standard_output, int standard_error) {
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, standard_output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, standard_error, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }

  void change_directory(const fs::path& directory) {
    if (!directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
  }

  // A group of its own, so that all of it can be killed; no signal blocked or ignored, whatever our threads do.
  void isolate() {
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }

  int spawn(pid_t& pid, const fs::path& program, char* const* argv, char* const* variables) {
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv, variables);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> variables_of(const Environment& environment) {
  std::vector<std::string> result;
  for (const auto& name : environment.variable_names())
    if (const auto value = environment.variable(name)) result.push_back(name + "=" + *value);
  return result;
}

// A child that is always waited for, killed first if it still runs.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { kill(); }

  pid_t pid = -1;

  bool ended() {
    if (pid < 0) return true;
    const pid_t answer = wait(WNOHANG);
    if (answer == 0) return false;
    lost_ = answer < 0;
    pid = -1;
    return true;
  }

  void kill() {
    if (pid < 0) return;
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
    wait(0);
    pid = -1;
  }

  int status() const { return status_; }

  /// Where SIGCHLD is ignored, as some who start us have it, the kernel does not keep how a child ended.
  bool lost() const { return lost_; }

 private:
  pid_t wait(int flags) {
    pid_t answer = 0;
    do answer = ::waitpid(pid, &status_, flags);
    while (answer < 0 && errno == EINTR);
    return answer;
  }

  int status_ = 0;
  bool lost_ = false;
};

// Reads what is there; closes `end` at its end.
void drain(Descriptor& end, std::string& text) {
  std::array<char, 16384> buffer;
  while (end.open()) {
    const ssize_t count = ::read(end.get(), buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
      ::explicit_bzero(buffer.data(), static_cast<std::size_t>(count));
      return;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    end.reset();
  }
}

void keep_tail(std::string& text, std::size_t limit) {
  if (text.size() > limit) text.erase(0, text.size() - limit);
}

Error stopped(int signal, const std::string& name) {
  return Error(signal == SIGTERM ? ErrorCode::terminated : ErrorCode::interrupted,
               fmt::format("'{}' was stopped by a signal", name));
}

class Run {
 public:
  explicit Run(const ProcessRequest& request) : request_(request) {}

  Result<ProcessResult> operator()(const Environment& environment) {
    MATVIEW_TRY(start(environment));
    MATVIEW_TRY(follow());
    if (child_.lost())
      return fail(ErrorCode::failed, fmt::format("cannot learn how '{}' ended: SIGCHLD is ignored", name()));
    const int status = child_.status();
    result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result_.exit_code = result_.signal != 0 ? 128 + result_.signal : WEXITSTATUS(status);
    return std::move(result_);
  }

 private:
  Result<void> start(const Environment& environment) {
    MATVIEW_ASSIGN(const fs::path program, find_program(name(), environment));
    MATVIEW_TRY(open_pipe(out_));
    MATVIEW_TRY(open_pipe(err_));
    SpawnSetup setup;
    setup.change_directory(request_.working_directory);
    setup.redirect(out_.write.get(), err_.write.get());
    setup.isolate();
    auto arguments = request_.argv;
    auto variables = variables_of(environment);
    const int problem = setup.spawn(child_.pid, program, pointers(arguments).data(), pointers(variables).data());
    if (problem != 0) {
      child_.pid = -1;
      return fail(ErrorCode::failed, fmt::format("cannot run '{}': {}", name(), system_error(problem)));
    }
    out_.write.reset();
    err_.write.reset();
    // Grown text leaves copies behind in freed memory, and it may be a secret.
    result_.standard_output.reserve(std::min<std::size_t>(request_.stdout_limit, 64 << 10));
    return {};
  }

  Result<void> follow() {
    const auto end = Clock::now() + request_.timeout;
    for (;;) {
      const bool ended = child_.ended();
      // What was written before the end is in the pipes by now; what a background child writes later is not ours.
      if (ended) return read_rest();
      if (request_.stop != nullptr && request_.stop->load() != 0) return fail(stopped(request_.stop->load(), name()));
      if (Clock::now() >= end)
        return fail(ErrorCode::timeout, fmt::format("'{}' did not end within {} ms", name(), request_.timeout.count()));
      std::array<pollfd, 2> ends{{{out_.read.get(), POLLIN, 0}, {err_.read.get(), POLLIN, 0}}};
      ::poll(ends.data(), ends.size(), k_tick_ms);
      MATVIEW_TRY(read_some());
    }
  }

  Result<void> read_some() {
    drain(out_.read, result_.standard_output);
    drain(err_.read, result_.standard_error);
    keep_tail(result_.standard_error, request_.stderr_limit);
    if (result_.standard_output.size() <= request_.stdout_limit) return {};
    return fail(ErrorCode::failed, fmt::format("'{}' wrote more than {} bytes", name(), request_.stdout_limit));
  }

  Result<void> read_rest() {
    for (;;) {
      const auto before = result_.standard_output.size();
      std::string err;
      drain(err_.read, err);
      result_.standard_error += err;
      keep_tail(result_.standard_error, request_.stderr_limit);
      MATVIEW_TRY(read_some());
      if (err.empty() && result_.standard_output.size() == before) return {};
    }
  }

  const std::string& name() const { return request_.argv.front(); }

  const ProcessRequest& request_;
  Child child_;
  Pipe out_;
  Pipe err_;
  ProcessResult result_;
};

bool executable(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<fs::path> find_program(std::string_view name, const Environment& environment) {
  if (name.empty()) return fail(ErrorCode::not_found, "the name of the program is empty");
  if (name.find('/') != std::string_view::npos) {
    auto path = environment.working_directory() / name;
    if (executable(path)) return path;
    return fail(ErrorCode::not_found, fmt::format("'{}' is no program that can be run", path.string()));
  }
  const auto search = environment.variable("PATH").value_or(std::string(k_default_path));
  for (std::size_t begin = 0; begin <= search.size();) {
    const auto end = std::min(search.find(':', begin), search.size());
    const fs::path folder = search.substr(begin, end - begin);
    // An empty or relative entry means whatever folder we are in: nothing to take a program from.
    if (folder.is_absolute() && executable(folder / name)) return folder / name;
    begin = end + 1;
  }
  return fail(ErrorCode::not_found, fmt::format("no program '{}' in PATH ({})", name, search));
}

Result<ProcessResult> run_process(const ProcessRequest& request, const Environment& environment) {
  if (request.argv.empty()) return fail(ErrorCode::usage, "the command is empty");
  return Run(request)(environment);
}

}  // namespace matview::support
