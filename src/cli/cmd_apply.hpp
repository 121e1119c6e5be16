#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command apply_command();

}  // namespace matview::cli
