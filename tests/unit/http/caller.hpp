#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "matview/control.hpp"

namespace matview::test {

/// Whoever waits for an answer: notes what it hears, can say stop, may have a deadline.
class Caller : public Observer {
 public:
  void progress(const Progress& progress) override {
    const std::lock_guard lock(mutex_);
    steps_.push_back(progress.step);
  }
  std::vector<std::string> steps() const {
    const std::lock_guard lock(mutex_);
    return steps_;
  }

  std::atomic<int> stop{0};
  Control control{*this, stop, {}};

  Caller& within(std::chrono::milliseconds time) {
    control.deadline = std::chrono::steady_clock::now() + time;
    return *this;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> steps_;
};

}  // namespace matview::test
