#pragma once

#include "cli/command.hpp"

namespace matview::cli {

Command profile_list_command();
Command profile_show_command();
Command profile_use_command();

}  // namespace matview::cli
