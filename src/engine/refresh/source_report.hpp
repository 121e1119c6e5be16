#pragma once

#include <vector>

#include "engine/sources/definition.hpp"
#include "engine/store/records.hpp"
#include "matview/view.hpp"

namespace matview::engine {

/// The sources of a definition as people and scripts are told of them: how much there is in `observed` (where they
/// could not be looked at, in `recorded`), and what changed.
std::vector<Source> report_sources(const ViewDefinition& definition, const SourceVector& observed,
                                   const SourceVector& recorded, const std::vector<SourceChange>& changes);

}  // namespace matview::engine
