#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "engine/duckdb/api.hpp"
#include "matview/control.hpp"

namespace matview::engine {

/// While it lives, a thread looks after the query that runs on `connection`: interrupts it when `control` asks for
/// that, and tells its progress. DuckDB forgets an interrupt that comes before the query has begun, so it is repeated.
class Watch {
 public:
  Watch(const DuckDbApi& api, duckdb_connection connection, Control& control, std::string view);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  void loop();
  void report();

  const DuckDbApi& api_;
  duckdb_connection connection_;
  Control& control_;
  std::string view_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace matview::engine
