#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command version_command();

}  // namespace matview::cli
