#pragma once

#include <atomic>
#include <functional>

#include "cli/input.hpp"
#include "matview/environment.hpp"
#include "matview/http.hpp"
#include "matview/time.hpp"
#include "output/live_lines.hpp"
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
  /// From then on SIGHUP is counted, in what is answered, and no longer ends the process. Null: it cannot be caught.
  const std::atomic<int>& (*catch_hangup)() = nullptr;
  output::TerminalSizer out_size = {};  ///< of the terminal on stdout as it is now; empty where there is none
  output::TerminalSizer err_size = {};  ///< and on stderr
  /// The descriptor (1 or 2) of a terminal that shows lines which are being redrawn, else 0. A second stop signal ends
  /// the process at once, but that line first, so that the shell's prompt has one of its own. Null: nobody looks.
  std::atomic<int>* midline = nullptr;
};

}  // namespace matview::cli
