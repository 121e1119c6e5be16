#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command status_command();

}  // namespace matview::cli
