#pragma once

#include <atomic>
#include <functional>

#include "cli/input.hpp"
#include "matview/environment.hpp"
#include "matview/http.hpp"
#include "matview/time.hpp"
#include "output/sink.hpp"

namespace matview::cli {

/// The process as far as the command line needs it; main passes the real one.
struct World {
  Input& in;
  output::Sink& out;
  output::Sink& err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int width = 80;  ///< columns of the terminal
  const Environment& environment;
  const std::atomic<int>& stop;          ///< 0, or the signal that asks to stop
  TransportFactory open_transport = {};  ///< the way to remote backends
  /// Ends the process in silence, with success, once so much time has passed; empty where there is no process to end.
  std::function<void(Duration)> end_after = {};
};

}  // namespace matview::cli
