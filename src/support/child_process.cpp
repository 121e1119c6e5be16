#include "support/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace matview::support {

namespace {

namespace fs = std::filesystem;

std::string system_error(int number) { return std::error_code(number, std::generic_category()).message(); }

struct Pipe {
  Descriptor read;
  Descriptor write;
  bool read_is_ours = true;
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
  const int ours = ends.read_is_ours ? ends.read.get() : ends.write.get();
  if (!ends.read.open() || !ends.write.open() || ::fcntl(ours, F_SETFL, O_NONBLOCK) != 0)
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

  void redirect(int standard_input, int standard_output, int standard_error) {
    if (standard_input < 0)
      ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    else
      ::posix_spawn_file_actions_adddup2(&actions_, standard_input, STDIN_FILENO);
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

/// Hands a descriptor on.
void move_to(Descriptor& target, Descriptor& source) { target.reset(source.release()); }

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const ChildStart& what) {
  Pipe in{Descriptor(), Descriptor(), false};
  Pipe out;
  Pipe err;
  if (what.input) MATVIEW_TRY(open_pipe(in));
  MATVIEW_TRY(open_pipe(out));
  MATVIEW_TRY(open_pipe(err));
  SpawnSetup setup;
  setup.change_directory(what.working_directory);
  setup.redirect(in.read.get(), out.write.get(), err.write.get());
  setup.isolate();
  auto arguments = what.argv;
  auto variables = what.variables;
  std::unique_ptr<ChildProcess> child(new ChildProcess());
  const int problem = setup.spawn(child->pid_, what.program, pointers(arguments).data(), pointers(variables).data());
  if (problem != 0) {
    child->pid_ = -1;
    return fail(ErrorCode::failed, fmt::format("cannot run '{}': {}", what.argv.front(), system_error(problem)));
  }
  move_to(child->input, in.write);
  move_to(child->input_reader_, in.read);
  move_to(child->output, out.read);
  move_to(child->error, err.read);
  return child;
}

bool ChildProcess::ended() {
  if (pid_ < 0) return true;
  const pid_t answer = wait(WNOHANG);
  if (answer == 0) return false;
  lost_ = answer < 0;
  pid_ = -1;
  return true;
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

void ChildProcess::kill() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  wait(0);
  pid_ = -1;
}

pid_t ChildProcess::wait(int flags) {
  pid_t answer = 0;
  do answer = ::waitpid(pid_, &status_, flags);
  while (answer < 0 && errno == EINTR);
  return answer;
}

std::vector<std::string> variables_of(const Environment& environment) {
  std::vector<std::string> result;
  for (const auto& name : environment.variable_names())
    if (const auto value = environment.variable(name)) result.push_back(name + "=" + *value);
  return result;
}

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

}  // namespace matview::support
