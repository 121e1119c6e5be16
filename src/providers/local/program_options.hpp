#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/udtf/program.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"

namespace matview::providers {

/// The flags of views made by a program, as help and completion show them.
std::vector<OptionSpec> program_options();

/// `usage` for an option that a view of this kind does not have.
Result<void> check_program_options(const CreateRequest& request);

/// The program of a view of kind udtf or chunker, whose query has the columns `input`. `usage` for what cannot be run.
Result<engine::udtf::Program> read_program(engine::Database& database, const CreateRequest& request,
                                           const std::vector<Column>& input, const Environment& environment);

/// What a refresh says of how the program is run.
Result<engine::udtf::RunOptions> read_run_options(const OptionValues& options);

}  // namespace matview::providers
