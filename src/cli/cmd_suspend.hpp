#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command suspend_command();
Command resume_command();

}  // namespace matview::cli
