#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command diff_command();

}  // namespace matview::cli
