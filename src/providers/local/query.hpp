#pragma once

#include <memory>

#include "engine/refresh/refresh.hpp"
#include "matview/provider.hpp"

namespace matview::providers {

/// Runs one SELECT over the views of the store, and over files and attached tables as a definition could. The stream
/// owns its database and keeps what it reads pinned.
Result<std::unique_ptr<RowStream>> run_query(const engine::EngineContext& context, const QueryRequest& request,
                                             engine::ViewDefinition definition, Control& control);

}  // namespace matview::providers
