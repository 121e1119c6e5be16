#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command list_command();

}  // namespace matview::cli
