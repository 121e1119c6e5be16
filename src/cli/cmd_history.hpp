#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command history_command();

}  // namespace matview::cli
