#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command drop_command();

}  // namespace matview::cli
