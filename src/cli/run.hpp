#pragma once

#include "cli/world.hpp"

namespace matview::cli {

/// Runs one command line, the program's name first, and answers the process's exit code. Never throws, never exits.
int run(int argc, const char* const* argv, World& world);

}  // namespace matview::cli
