#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command create_command();

}  // namespace matview::cli
