#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/result.hpp"

namespace matview::engine::udtf {

/// One run of a program.
struct ProcessSpec {
  std::vector<std::string> argv;       ///< argv[0] is an absolute path
  std::vector<std::string> variables;  ///< "NAME=VALUE": the whole environment
  std::filesystem::path directory;     ///< where it runs
  std::optional<std::int64_t> memory;  ///< RLIMIT_AS in bytes
  std::vector<int> cpus;               ///< those it may run on; empty: all
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::int64_t max_output = 0;             ///< bytes on stdout
  const std::atomic<int>* stop = nullptr;  ///< not 0: a signal asks to stop
  const std::atomic<bool>* abandon = nullptr;
};

/// What goes in and comes out. Called from the thread that runs the process.
struct ProcessPipes {
  /// The next piece of stdin; an empty one at the end. An error ends the process and is returned.
  std::function<Result<std::string>()> feed;
  /// Takes a piece of stdout. An error ends the process and is returned.
  std::function<Result<void>(std::string_view)> drain;
};

/// How a process ended.
struct ProcessEnd {
  enum class Why {
    exited,     ///< by itself: see `exit_code`
    killed,     ///< by a signal that was not ours: see `signal`
    timed_out,  ///< the deadline passed
    stopped,    ///< `stop` was set
    abandoned,  ///< `abandon` was set
    flooded,    ///< it wrote more than `max_output`
  } why = Why::exited;
  int exit_code = 0;
  int signal = 0;
  bool read_all = true;    ///< whether it took all of its stdin
  std::string error_tail;  ///< the last bytes of its stderr
};

/// Runs a program without a shell: no descriptor of ours but its three pipes, a process group of its own, all of which
/// is killed when this returns, in whatever way. stdin and stdout are served at the same time, so neither waits for the
/// other. Safe in several threads at once. `failed` if it cannot be started; errors of the pipes' functions.
Result<ProcessEnd> run_process(const ProcessSpec& spec, const ProcessPipes& pipes);

}  // namespace matview::engine::udtf
