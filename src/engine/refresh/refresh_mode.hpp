#pragma once

#include <string>
#include <string_view>

#include "engine/store/records.hpp"
#include "matview/result.hpp"

namespace matview::engine {

// What --refresh-mode asks for. `auto` weighs incremental against full; `incremental` and `strict` take the incremental
// way wherever it is exact, and `strict` fails a refresh that would have to be full; `full` never is incremental.

/// Whether costs decide between the two ways.
bool weighs_cost(const ViewDefinition& definition);

/// Whether the incremental way may be taken at all.
bool allows_incremental(const ViewDefinition& definition);

/// `unsupported` for a mode that the definition cannot be refreshed in. `code` and `reason` tell what stands in the way
/// of every incremental refresh; empty: nothing does. Asked by `create`.
Result<void> require_mode(const ViewDefinition& definition, std::string_view code, std::string_view reason);

/// `failed`, under `strict`, for a full refresh that nobody asked for. A view that was never filled or got another
/// definition can only be computed in full: that is no breach of the mode.
Result<void> allow_full(const ViewDefinition& definition, std::string_view code, std::string_view reason);

}  // namespace matview::engine
