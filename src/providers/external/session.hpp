#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "matview/control.hpp"
#include "matview/environment.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"
#include "support/child_process.hpp"

namespace matview::providers::external {

/// How long the program is waited for.
struct Limits {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const std::atomic<int>* stop = nullptr;  ///< not 0: a signal asks to stop

  /// Why waiting has to end now: `timeout`, `interrupted` or `terminated`.
  std::optional<ErrorCode> over() const;
};

/// A running program and the lines of JSON that go to it and come from it. What it cannot be expected to do (to end, to
/// write what is no message) is `failed`, with the end of what it wrote to stderr in the detail; the session is then of
/// no more use. From one thread at a time.
class Session {
 public:
  static constexpr std::size_t k_longest_line = 16 << 20;  ///< bytes

  /// Starts the program with the variables of `environment` but those that configure this one, in which secrets of
  /// other profiles may stand.
  static Result<std::unique_ptr<Session>> start(const std::filesystem::path& program, const Environment& environment);

  /// Closes its stdin, gives it a moment to end and then no choice.
  ~Session();

  /// Queues a message. It is written while messages are waited for.
  void send(const Value& message);

  /// The next message: an object. Empty where `limits` end the waiting; the session goes on then.
  Result<std::optional<Value>> receive(const Limits& limits);

  /// Asks its processes to end, as kill(1) does, and then makes them.
  void end();

  /// Whether it can be sent another message.
  bool usable();

  /// True once a message was written whole.
  bool all_written() const { return written_ == outgoing_.size(); }

  /// What is told of a program that does what it should not: `what` after its name, its stderr as the detail.
  Error broken(std::string_view what);

 private:
  Session(std::filesystem::path program, std::unique_ptr<support::ChildProcess> child);
  Result<std::optional<Value>> next_line();
  void write_some();
  void read_errors();
  bool wait_for_end(std::chrono::milliseconds length);
  std::string how_it_ended() const;

  std::filesystem::path program_;
  std::unique_ptr<support::ChildProcess> child_;
  std::string outgoing_;
  std::size_t written_ = 0;
  std::string incoming_;
  std::size_t searched_ = 0;  ///< so far there is no line end in `incoming_`
  std::string errors_;        ///< the end of its stderr
  bool broken_ = false;
};

}  // namespace matview::providers::external
