#pragma once

#include <cstdint>

#include "engine/refresh/decision.hpp"

namespace matview::engine {

/// Makes `decision` one that reads `version` of the one view or DuckLake table the definition reads. `usage` if it
/// reads none, or several.
Result<void> read_source_version(RefreshDecision& decision, const ViewDefinition& definition, std::int64_t version);

}  // namespace matview::engine
