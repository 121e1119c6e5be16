#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace matview {

/// How far a running operation is. Unknown figures are empty.
struct Progress {
  std::string view;
  std::string step;                  ///< "reading", "writing", "queued", …
  std::optional<double> fraction;    ///< 0 to 1
  std::optional<std::int64_t> rows;  ///< rows processed so far
};

/// Hears what happens while an operation runs. May be called from any thread; must return at once.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void progress(const Progress&) {}
  virtual void warning(std::string_view /*text*/) {}
};

/// How the caller stays in command of a long operation: it is heard, it can stop, it ends in time.
struct Control {
  Observer& observer;
  /// 0, or the number of the signal that asks to stop. Operations look at it often and then end with
  /// `interrupted` or `terminated`, leaving nothing half done.
  const std::atomic<int>& stop;
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

}  // namespace matview
