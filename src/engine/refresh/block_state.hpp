#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/ivm/plan.hpp"
#include "engine/refresh/apply_change.hpp"
#include "engine/sources/changes.hpp"
#include "engine/store/store.hpp"

namespace matview::engine {

/// The private state that a view's blocks go on from. `unsupported` with STATE_MISSING in `detail` if a file of it is
/// torn or another one: the rows can be had without it.
Result<StateRelations> read_state(Store& store, std::int64_t view_id);

/// What of a state holds the groups of each file by itself.
std::int64_t bytes_of_file_partials(const ivm::Plan& plan, const std::map<std::int64_t, RelationChange>& state);

/// Writes the first state of every block of the plan that keeps some into `made`, by relation of the store. The rows of
/// the view over that state as SQL; empty if none keeps any, or if a sum has more digits than can be stored: such a
/// view is computed anew every time.
Result<std::string> write_initial_state(Writing& writing, const ivm::Plan& plan, const SourceChanges& changes,
                                        std::map<std::int64_t, RelationChange>& made);

}  // namespace matview::engine
