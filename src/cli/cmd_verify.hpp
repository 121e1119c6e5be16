#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command verify_command();

}  // namespace matview::cli
