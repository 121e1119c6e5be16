#include "cli/ticker.hpp"

#include <utility>

namespace matview::cli {

Ticker::Ticker(std::chrono::milliseconds interval, std::function<void()> each)
    : interval_(interval), each_(std::move(each)), thread_([this] { run(); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ends_.notify_all();
  thread_.join();
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!ends_.wait_for(lock, interval_, [this] { return ended_; })) {
    lock.unlock();
    each_();
    lock.lock();
  }
}

}  // namespace matview::cli
