#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command refresh_command();

}  // namespace matview::cli
