#pragma once

#include <string>
#include <vector>

#include "engine/sources/syntax.hpp"

namespace matview::engine {

/// Refuses, as `usage` and by name, functions whose result hangs on more than their arguments and the data (settings,
/// variables, sequences, the state of DuckDB), that act, or that read what cannot be watched.
Result<void> check_functions(const Syntax& syntax);

/// The functions, as "now()", that may answer differently at the next refresh over equal sources, by
/// duckdb_functions().stability and the few it does not call by their name.
Result<std::vector<std::string>> unstable_functions(Database& database, const Syntax& syntax);

}  // namespace matview::engine
