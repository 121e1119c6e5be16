#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command gc_command();

}  // namespace matview::cli
