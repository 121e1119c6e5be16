#include <unistd.h>

#include <iostream>

#include "cli/process_world.hpp"
#include "cli/run.hpp"
#include "output/sink.hpp"

int main(int argc, char** argv) {
  using namespace matview;
  cli::prepare_process();
  std::ios::sync_with_stdio(false);
  output::FdSink out(STDOUT_FILENO);
  output::FdSink err(STDERR_FILENO);
  const auto environment = cli::process_environment();
  cli::World world{std::cin,
                   out,
                   err,
                   ::isatty(STDIN_FILENO) == 1,
                   ::isatty(STDOUT_FILENO) == 1,
                   ::isatty(STDERR_FILENO) == 1,
                   cli::terminal_width(STDOUT_FILENO),
                   *environment,
                   cli::stop_signal()};
  return cli::run(argc, argv, world);
}
