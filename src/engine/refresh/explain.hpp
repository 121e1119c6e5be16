#pragma once

#include <string>

#include "engine/refresh/refresh.hpp"
#include "matview/explanation.hpp"

namespace matview::engine {

/// How a refresh of a view would be done now, and why not otherwise. Looks at its sources and reads none of their rows.
Result<Explanation> explain_view(const EngineContext& context, const std::string& name, Control& control);

/// The same for a bound definition before anything is created: its first refresh, and the ways of later ones.
Result<Explanation> explain_definition(const EngineContext& context, const ViewDefinition& definition,
                                       Control& control);

}  // namespace matview::engine
