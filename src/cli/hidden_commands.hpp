#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/world.hpp"

namespace matview::cli {

/// Commands that only programs give, and so stand in no help. Answers the exit code; empty if the words are none.
///
///     __complete KIND [-P PROFILE] [--config FILE] [--] WORD
///         what a shell may complete the word with, a line each, with a remark behind a tab. KIND is view, selector,
///         profile, job or tag. It answers in 100 ms (MATVIEW_COMPLETION_TIMEOUT) or nothing at all, and nothing is an
///         error.
///     __manual [NAME]
///         the page of a command in mdoc(7), or a part of matview(1); without a name those that there are.
std::optional<int> run_hidden(const std::vector<std::string>& words, World& world);

}  // namespace matview::cli
