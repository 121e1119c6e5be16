#pragma once

#include <optional>
#include <vector>

#include "app/refresh.hpp"
#include "cli/command_table.hpp"
#include "cli/session.hpp"

namespace matview::cli {

/// --jobs.
OptionRow jobs_option();

/// What it says; `usage` for none at all and for more than a process should have.
Result<std::optional<std::size_t>> jobs_of(const Arguments& arguments);

/// --if-locked, --lock-timeout.
std::vector<OptionRow> lock_options();

/// Puts what they say into `options`. `usage` where they contradict each other.
Result<void> read_lock_options(const Arguments& arguments, app::RefreshOptions& options);

/// --jitter.
OptionRow jitter_option();

/// Sleeps for a random part of --jitter, so that a hundred machines do not begin in the same second. The time limit of
/// --timeout counts from its end. `interrupted` or `terminated` if it was stopped.
Result<void> wait_for_jitter(Session& session);

}  // namespace matview::cli
