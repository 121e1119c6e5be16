#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command doctor_command();

}  // namespace matview::cli
