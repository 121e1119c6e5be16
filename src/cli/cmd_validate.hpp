#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command validate_command();

}  // namespace matview::cli
