#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace matview::test {

/// What to run, and in what world. The child gets exactly what stands here and nothing of the test's own
/// environment but the options of sanitizers.
struct Command {
  std::filesystem::path program;  ///< empty: the matview binary under test (environment MATVIEW_BINARY)
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  ///< the whole of it
  std::filesystem::path directory = "/";

  std::string input;                       ///< what stdin holds; then it ends
  std::vector<int> closed;                 ///< of 0, 1, 2: descriptors the child starts without
  std::optional<std::string> output_file;  ///< stdout goes there ("/dev/full") and not to Outcome::out
  /// stdin, stdout and stderr are one terminal; what it shows is in Outcome::out. `input` is not used: type with
  /// Process::type.
  bool terminal = false;
  int columns = 120;  ///< of the terminal
  int rows = 40;
  std::optional<mode_t> umask;

  std::chrono::milliseconds time_limit{60'000};  ///< then it is killed and Outcome::timed_out set
};

struct Outcome {
  int exit_code = -1;  ///< -1 if it did not exit by itself
  int signal = 0;      ///< that killed it
  bool timed_out = false;
  std::string out;
  std::string err;
};

/// A running child. Killed when the object goes, if it still runs. Use from one thread; several processes may run at
/// once.
class Process {
 public:
  explicit Process(const Command& command);
  ~Process();
  Process(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }

  /// Sends a signal. In terminal mode SIGINT is better typed: type("\x03").
  void signal(int number) const;

  /// Types text at the terminal (terminal mode only).
  void type(std::string_view text);

  /// Makes the terminal another size (terminal mode only).
  void resize(int columns, int rows) const;

  /// What it has written so far.
  const std::string& out() const { return outcome_.out; }

  /// Reads until `text` has appeared on stdout or stderr; false if the child ended or the time limit passed first.
  bool wait_for(std::string_view text);

  /// Reads on until something more was written; false if the child ended or the time limit passed first.
  bool wait_for_more();

  /// Forgets what was written until now, so that `wait_for` waits for something new.
  void forget() { outcome_.out.clear(), outcome_.err.clear(); }

  /// Closes our end of its stdout, as `head -1` does.
  void close_output();

  /// Waits for the end. Throws std::runtime_error with its report if a sanitizer found something in the child.
  Outcome wait();

 private:
  bool pump();  ///< reads what there is, waiting a little; false once both streams have ended

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string pending_input_;
  std::chrono::steady_clock::time_point deadline_;
  Outcome outcome_;
};

/// Starts and waits.
Outcome run(const Command& command);

/// The binary under test.
std::filesystem::path matview_binary();

}  // namespace matview::test
