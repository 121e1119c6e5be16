#pragma once

#include <string_view>
#include <vector>

#include "app/wait.hpp"
#include "cli/command_table.hpp"
#include "cli/session.hpp"

namespace matview::cli {

/// --wait, --no-wait, --cancel-on-timeout.
std::vector<OptionRow> waiting_options();

/// --cancel-on-timeout.
OptionRow cancel_on_timeout_option();

/// `usage` for options of waiting that contradict each other.
Result<void> check_waiting_options(const Arguments& arguments);

app::WaitOptions wait_options(const Arguments& arguments);

/// `unsupported` for --no-wait where nothing goes on once this process has ended, and for --wait where the backend
/// cannot be asked how a job goes on.
Result<void> check_waiting(Session& session, std::string_view profile);

}  // namespace matview::cli
