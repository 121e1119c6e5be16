#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command show_command();

}  // namespace matview::cli
