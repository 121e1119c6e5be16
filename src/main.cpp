#include <unistd.h>

#include "cli/input.hpp"
#include "cli/process_world.hpp"
#include "cli/run.hpp"
#include "http/curl_transport.hpp"
#include "output/sink.hpp"

int main(int argc, char** argv) {
  using namespace matview;
  cli::prepare_process();
  cli::FdInput in(STDIN_FILENO, cli::stop_signal());
  output::FdSink out(STDOUT_FILENO);
  output::FdSink err(STDERR_FILENO);
  const auto environment = cli::process_environment();
  cli::World world{in,
                   out,
                   err,
                   ::isatty(STDIN_FILENO) == 1,
                   ::isatty(STDOUT_FILENO) == 1,
                   ::isatty(STDERR_FILENO) == 1,
                   cli::terminal_size(STDOUT_FILENO).columns,
                   *environment,
                   cli::stop_signal(),
                   http::open_curl_transport,
                   cli::end_process_after};
  world.catch_hangup = cli::catch_hangup;
  world.out_size = [] { return cli::terminal_size(STDOUT_FILENO); };
  world.err_size = [] { return cli::terminal_size(STDERR_FILENO); };
  world.midline = &cli::midline();
  const int code = cli::run(argc, argv, world);
#ifdef __SANITIZE_ADDRESS__
  return code;  // it looks for leaks on the way
#endif
  // Everything is written. Nobody waits for a database that is being closed, or a library that is loaded in vain.
  ::_exit(code);
}
