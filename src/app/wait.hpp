#pragma once

#include <optional>

#include "app/follower.hpp"

namespace matview::app {

/// Follows one job until it has ended, and answers with it, whatever became of it. An error says why it is followed no
/// longer; see Follower.
Result<Job> follow(Workspace& workspace, Followed job, const WaitOptions& options, Control& control);

/// True if the provider's jobs run at a backend that can be asked how they go on.
bool can_wait(const Provider& provider);

/// What a job that ended comes to, if it did not end well: its own error, or that it was cancelled, or `unavailable`
/// where nobody knows.
std::optional<Error> error_of(const Job& job);

}  // namespace matview::app
