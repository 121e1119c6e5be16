#include "engine/duckdb/close_later.hpp"

#include <mutex>
#include <thread>
#include <utility>

namespace matview::engine {

namespace {

class Closer {
 public:
  ~Closer() {
    if (thread_.joinable()) thread_.join();
  }

  void close(std::unique_ptr<Database> database) {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([closing = std::move(database)]() mutable { closing.reset(); });
  }

 private:
  std::mutex mutex_;
  std::thread thread_;
};

}  // namespace

void close_later(std::unique_ptr<Database> database) {
  static Closer closer;
  closer.close(std::move(database));
}

}  // namespace matview::engine
