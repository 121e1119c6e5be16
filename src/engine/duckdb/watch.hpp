#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "engine/duckdb/api.hpp"
#include "matview/control.hpp"

namespace matview::engine {

/// A thread beside a connection that looks after what runs there: interrupts it when its `Control` asks for that, and
/// tells its progress. One serves all statements of the connection, since a statement may be done before a thread of
/// its own would have begun.
class Watch {
 public:
  Watch(const DuckDbApi& api, duckdb_connection connection) : api_(api), connection_(connection) {}
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// While it lives, `control` decides about what runs. DuckDB forgets an interrupt that comes before the query has
  /// begun, so it is repeated. One at a time; `control` and `watch` outlive it.
  class Turn {
   public:
    Turn(Watch& watch, Control& control, const std::string& view);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Watch& watch_;
  };

 private:
  void loop();
  void report();

  const DuckDbApi& api_;
  duckdb_connection connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Control* control_ = nullptr;  ///< of what runs now
  std::string view_;
  bool ended_ = false;
  std::thread thread_;  ///< from the first turn on
};

}  // namespace matview::engine
