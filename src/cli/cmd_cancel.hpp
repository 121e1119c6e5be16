#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command cancel_command();

}  // namespace matview::cli
