#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command graph_command();

}  // namespace matview::cli
