#pragma once

#include <string>

#include "engine/duckdb/database.hpp"
#include "engine/refresh/operation_database.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/store/records.hpp"
#include "engine/udtf/expand.hpp"
#include "engine/udtf/program.hpp"

namespace matview::engine {

/// The fingerprint of what a refresh would compute now: that of the definition and, for a view made by a program, of
/// the content of the program's files. `failed`, naming it, if one of them is gone.
Result<std::string> effective_fingerprint(const ViewDefinition& definition, const udtf::RunOptions& options = {});

/// Why `now` is another fingerprint than the one a version was computed with.
std::string fingerprint_difference(const ViewDefinition& definition, const std::string& then, const std::string& now);

/// Runs the program of a view over the rows of `sql`, except for the units that `known_sql` selects. `conflict` if the
/// program's files change meanwhile: nobody can say then which rows came of which.
Result<udtf::Expansion> run_program(const EngineContext& context, const ViewDefinition& definition,
                                    const OperationDatabase& opened, const std::string& sql,
                                    const std::string& known_sql, Control& control);

/// The new rows of a view with the columns of the view alone.
std::string view_rows_sql(const udtf::Expansion& expansion);

/// What a job says of the run.
Value describe_expansion(const udtf::Expansion& expansion);

}  // namespace matview::engine
