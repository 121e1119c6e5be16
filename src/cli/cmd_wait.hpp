#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command wait_command();

}  // namespace matview::cli
