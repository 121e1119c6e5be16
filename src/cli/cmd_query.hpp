#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command query_command();

}  // namespace matview::cli
