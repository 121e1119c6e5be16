#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command help_command();

}  // namespace matview::cli
