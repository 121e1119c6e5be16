#pragma once

#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace matview::providers {

/// The view of this name; `not_found` if there is none.
Result<engine::ViewRecord> find_view(engine::Store& store, const std::string& name);

/// The views that read this one, by name.
Result<std::vector<std::string>> downstream_of(engine::Store& store, const std::string& name);

/// `conflict` that names them while there are any.
Result<void> require_no_downstream(engine::Store& store, const std::string& name);

}  // namespace matview::providers
