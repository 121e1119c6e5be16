#pragma once

#include <atomic>
#include <string>

#include "matview/result.hpp"

namespace matview::cli {

/// Where a command reads from. Reading ends with `interrupted` or `terminated` when a signal asks to stop, also while
/// nobody types.
class Input {
 public:
  virtual ~Input() = default;

  /// The next line without its end; what is left at the end of the input. `failed` if it cannot be read.
  virtual Result<std::string> read_line() = 0;

  /// All that is left.
  virtual Result<std::string> read_all() = 0;

  /// The end was reached: no line end stands behind what was read last, and on a terminal none was echoed.
  virtual bool ended() const = 0;
};

/// Reads a file descriptor, which it does not own. A stream would not do: it takes no notice of signals.
class FdInput final : public Input {
 public:
  FdInput(int fd, const std::atomic<int>& stop) : fd_(fd), stop_(stop) {}

  Result<std::string> read_line() override;
  Result<std::string> read_all() override;
  bool ended() const override { return ended_; }

 private:
  /// Appends the next bytes to the buffer; false at the end of the input.
  Result<bool> fill();

  int fd_;
  const std::atomic<int>& stop_;
  std::string buffer_;
  bool ended_ = false;
};

}  // namespace matview::cli
