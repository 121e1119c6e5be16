#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command completion_command();

}  // namespace matview::cli
