#include "engine/udtf/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "support/descriptor.hpp"

namespace matview::engine::udtf {

namespace {

using Clock = std::chrono::steady_clock;

// How long what no descriptor announces (an exit, a stop signal) may go unnoticed.
constexpr int k_tick_ms = 20;
constexpr std::size_t k_piece = 64 << 10;
constexpr int k_pieces = 16;
constexpr std::size_t k_error_tail = 16 << 10;
constexpr int k_exec_failed = 127;

std::string reason(int number) { return std::error_code(number, std::generic_category()).message(); }

struct Pipe {
  support::Descriptor read;
  support::Descriptor write;

  Result<void> open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorCode::failed, "cannot make a pipe: " + reason(errno));
    // Under cron 0, 1 and 2 may be free; a pipe that got one of them would be overwritten in the child.
    read.reset(::fcntl(ends[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    write.reset(::fcntl(ends[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    ::close(ends[0]);
    ::close(ends[1]);
    if (read.open() && write.open()) return {};
    return fail(ErrorCode::failed, "cannot make a pipe: " + reason(errno));
  }
};

void set_nonblocking(const support::Descriptor& end) { ::fcntl(end.get(), F_SETFL, O_NONBLOCK); }

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// All that the child does between fork and exec. Other threads of ours are gone there, with whatever locks they held:
/// system calls only.
struct Launch {
  char* const* argv;
  char* const* variables;
  const char* directory;
  int in;
  int out;
  int err;
  int failure;  ///< where an errno goes if the program cannot be started
  const rlimit* memory;
  const cpu_set_t* cpus;
  pid_t parent;

  static void close_from(int first) {
    if (::close_range(static_cast<unsigned>(first), ~0U, 0) == 0) return;
    // A kernel before 5.9.
    rlimit most{};
    ::getrlimit(RLIMIT_NOFILE, &most);
    for (int number = first; number < static_cast<int>(std::min<rlim_t>(most.rlim_cur, 1 << 16)); ++number)
      ::close(number);
  }

  [[noreturn]] void run() const {
    ::setpgid(0, 0);
    // Nobody is left to read what it writes if we die.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(k_exec_failed);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    // Where an errno goes stays open until exec; all else that we or those who started us have open goes at once.
    constexpr int k_failure = STDERR_FILENO + 1;
    if (failure == k_failure || ::dup3(failure, k_failure, O_CLOEXEC) == k_failure) close_from(k_failure + 1);
    const rlimit no_core{0, 0};
    bool done = ::chdir(directory) == 0 && ::setrlimit(RLIMIT_CORE, &no_core) == 0;
    if (done && cpus != nullptr) done = ::sched_setaffinity(0, sizeof *cpus, cpus) == 0;
    if (done && memory != nullptr) done = ::setrlimit(RLIMIT_AS, memory) == 0;
    if (done) {
      struct sigaction action {};
      action.sa_handler = SIG_DFL;
      for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
      sigset_t none;
      ::sigemptyset(&none);
      ::sigprocmask(SIG_SETMASK, &none, nullptr);
      ::execve(argv[0], argv, variables);
    }
    const int number = errno;
    [[maybe_unused]] const auto written = ::write(k_failure, &number, sizeof number);
    ::_exit(k_exec_failed);
  }
};

/// A process that is always waited for, its whole group killed first.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { finish(); }

  void started(pid_t pid) { pid_ = pid; }

  /// Whether it has ended. It is not reaped yet, so that its group's number stays its own.
  bool ended() const {
    siginfo_t info{};
    const int answer = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    return answer != 0 ? errno != EINTR : info.si_pid == pid_;
  }

  /// Kills what is left of the group and returns how the process itself ended; empty where nobody can say.
  std::optional<int> finish() {
    if (pid_ < 0) return std::nullopt;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    int status = 0;
    pid_t answer = 0;
    do answer = ::waitpid(pid_, &status, 0);
    while (answer < 0 && errno == EINTR);
    pid_ = -1;
    return answer < 0 ? std::nullopt : std::optional(status);
  }

 private:
  pid_t pid_ = -1;
};

class Run {
 public:
  Run(const ProcessSpec& spec, const ProcessPipes& pipes) : spec_(spec), pipes_(pipes) {}

  Result<ProcessEnd> operator()() {
    MATVIEW_TRY(start());
    MATVIEW_TRY(serve());
    return std::move(end_);
  }

 private:
  using Why = ProcessEnd::Why;

  Result<void> start() {
    Pipe failure;
    for (Pipe* pipe : {&in_, &out_, &err_, &failure}) MATVIEW_TRY(pipe->open());
    const auto argv = pointers(spec_.argv);
    const auto variables = pointers(spec_.variables);
    const rlimit memory{static_cast<rlim_t>(spec_.memory.value_or(0)), static_cast<rlim_t>(spec_.memory.value_or(0))};
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    for (const int cpu : spec_.cpus) CPU_SET(static_cast<std::size_t>(cpu), &cpus);
    const Launch launch{argv.data(),
                        variables.data(),
                        spec_.directory.c_str(),
                        in_.read.get(),
                        out_.write.get(),
                        err_.write.get(),
                        failure.write.get(),
                        spec_.memory ? &memory : nullptr,
                        spec_.cpus.empty() ? nullptr : &cpus,
                        ::getpid()};
    const pid_t pid = fork_blocked(launch);
    if (pid < 0) return fail(ErrorCode::failed, fmt::format("cannot start '{}': {}", spec_.argv[0], reason(errno)));
    child_.started(pid);
    ::setpgid(pid, pid);  // whichever of both comes first
    out_.write.reset();
    err_.write.reset();
    failure.write.reset();
    int number = 0;
    if (::read(failure.read.get(), &number, sizeof number) == sizeof number)
      return fail(ErrorCode::failed, fmt::format("cannot start '{}': {}", spec_.argv[0], reason(number)));
    for (const auto* end : {&in_.write, &out_.read, &err_.read}) set_nonblocking(*end);
    return {};
  }

  /// Forks with every signal blocked: a handler of ours must not run in the child.
  static pid_t fork_blocked(const Launch& launch) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0) launch.run();
    const int number = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = number;
    return pid;
  }

  Result<void> serve() {
    for (;;) {
      if (child_.ended()) return conclude();
      if (const auto why = must_end()) {
        child_.finish();
        end_.why = *why;
        MATVIEW_TRY(take_errors());
        return {};
      }
      wait();
      MATVIEW_TRY(write_some());
      MATVIEW_TRY(read_some());
      MATVIEW_TRY(take_errors());
    }
  }

  std::optional<Why> must_end() const {
    if (spec_.stop && spec_.stop->load() != 0) return Why::stopped;
    if (spec_.abandon && spec_.abandon->load()) return Why::abandoned;
    if (spec_.deadline && Clock::now() >= *spec_.deadline) return Why::timed_out;
    if (written_ > spec_.max_output) return Why::flooded;
    return std::nullopt;
  }

  void wait() const {
    std::array<pollfd, 3> ends{
        {{in_.write.get(), POLLOUT, 0}, {out_.read.get(), POLLIN, 0}, {err_.read.get(), POLLIN, 0}}};
    // A program that has closed both has little left to do.
    const bool closing = !out_.read.open() && !err_.read.open();
    ::poll(ends.data(), ends.size(), closing ? 1 : k_tick_ms);
  }

  Result<void> write_some() {
    // Not to the end: a program that reads fast must not keep us from what it writes, nor from a signal.
    for (int i = 0; i < k_pieces && in_.write.open(); ++i) {
      if (pending_at_ == pending_.size()) {
        MATVIEW_ASSIGN(pending_, pipes_.feed());
        pending_at_ = 0;
        if (pending_.empty()) {
          in_.write.reset();
          return {};
        }
      }
      const auto count =
          ::write(in_.write.get(), pending_.data() + pending_at_, std::min(pending_.size() - pending_at_, k_piece));
      if (count < 0) return {};  // full: `in_.read` is ours too, so there is always a reader
      pending_at_ += static_cast<std::size_t>(count);
    }
    return {};
  }

  Result<void> read_some() {
    std::array<char, k_piece> piece;
    for (int i = 0; i < k_pieces && out_.read.open(); ++i) {
      const auto count = ::read(out_.read.get(), piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return {};
      if (count <= 0) {
        out_.read.reset();
        return {};
      }
      written_ += count;
      if (written_ > spec_.max_output) return {};
      MATVIEW_TRY(pipes_.drain(std::string_view(piece.data(), static_cast<std::size_t>(count))));
    }
    return {};
  }

  Result<void> take_errors() {
    std::array<char, 4096> piece;
    for (int i = 0; i < 64 && err_.read.open(); ++i) {
      const auto count = ::read(err_.read.get(), piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return {};
      if (count <= 0) {
        err_.read.reset();
        return {};
      }
      auto& tail = end_.error_tail;
      tail.append(piece.data(), static_cast<std::size_t>(count));
      if (tail.size() > k_error_tail) tail.erase(0, tail.size() - k_error_tail);
    }
    return {};
  }

  /// It has ended by itself. What it wrote before is in the pipes; what it left running is killed.
  Result<void> conclude() {
    const auto status = child_.finish();
    if (!status)
      return fail(ErrorCode::failed, fmt::format("cannot learn how '{}' ended: SIGCHLD is ignored", spec_.argv[0]));
    int unread = 0;
    ::ioctl(in_.read.get(), FIONREAD, &unread);
    end_.read_all = unread == 0 && !in_.write.open();
    // It may have ended between our last bytes and the end of them, which it can see only when we say so.
    if (unread == 0 && in_.write.open() && pending_at_ == pending_.size()) {
      MATVIEW_ASSIGN(pending_, pipes_.feed());
      end_.read_all = pending_.empty();
    }
    while (out_.read.open() && written_ <= spec_.max_output) {
      const auto before = written_;
      MATVIEW_TRY(read_some());
      if (written_ == before) break;
    }
    MATVIEW_TRY(take_errors());
    if (written_ > spec_.max_output) {
      end_.why = Why::flooded;
    } else if (WIFSIGNALED(*status)) {
      end_.why = Why::killed;
      end_.signal = WTERMSIG(*status);
    } else {
      end_.exit_code = WEXITSTATUS(*status);
    }
    return {};
  }

  const ProcessSpec& spec_;
  const ProcessPipes& pipes_;
  Pipe in_;  ///< its reading end stays open here, to see at the end what was not read
  Pipe out_;
  Pipe err_;
  Child child_;
  std::string pending_;
  std::size_t pending_at_ = 0;
  std::int64_t written_ = 0;
  ProcessEnd end_;
};

}  // namespace

Result<ProcessEnd> run_process(const ProcessSpec& spec, const ProcessPipes& pipes) { return Run(spec, pipes)(); }

}  // namespace matview::engine::udtf
