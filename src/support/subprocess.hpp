#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/environment.hpp"
#include "matview/result.hpp"

namespace matview::support {

/// A program to run to its end, without a shell.
struct ProcessRequest {
  std::vector<std::string> argv;            ///< argv[0] is looked up with find_program
  std::filesystem::path working_directory;  ///< absolute; the caller's own where empty
  std::chrono::milliseconds timeout{30'000};
  std::size_t stdout_limit = 1 << 20;      ///< bytes; a program that writes more is killed: `failed`
  std::size_t stderr_limit = 8 << 10;      ///< bytes; the last so many are kept
  const std::atomic<int>* stop = nullptr;  ///< non-zero (a signal's number) kills the program
};

struct ProcessResult {
  int exit_code = 0;  ///< of a program that ended by itself; 128 + N where signal N ended it
  int signal = 0;     ///< N, or 0
  std::string standard_output;
  std::string standard_error;  ///< its tail
};

/// Runs a program with the variables of `environment`, /dev/null as its input, no other descriptor of ours open, in a
/// process group of its own, and waits for it. Safe in threads; leaves no zombie; kills the whole group when time is
/// up. A program that ends with any exit code is a result.
/// `failed`: cannot be started, or wrote too much. `timeout`, `interrupted`, `terminated`: it was killed for that.
Result<ProcessResult> run_process(const ProcessRequest& request, const Environment& environment);

/// The absolute path of a program: `name` itself where it holds a slash, else the first executable file of that name
/// in an absolute folder of PATH. `not_found` says where was looked.
Result<std::filesystem::path> find_program(std::string_view name, const Environment& environment);

/// The programs that find_program finds whose names begin with `prefix`, by name. Runs none of them.
std::map<std::string, std::filesystem::path> find_programs(std::string_view prefix, const Environment& environment);

}  // namespace matview::support
