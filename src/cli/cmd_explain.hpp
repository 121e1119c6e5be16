#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command explain_command();

}  // namespace matview::cli
