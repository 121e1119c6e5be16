#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace matview::cli {

/// Calls `each` again and again from a thread of its own until the object goes.
class Ticker {
 public:
  Ticker(std::chrono::milliseconds interval, std::function<void()> each);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void run();

  const std::chrono::milliseconds interval_;
  const std::function<void()> each_;
  std::mutex mutex_;
  std::condition_variable ends_;
  bool ended_ = false;
  std::thread thread_;  ///< last: it uses the others
};

}  // namespace matview::cli
