#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command watch_command();

}  // namespace matview::cli
