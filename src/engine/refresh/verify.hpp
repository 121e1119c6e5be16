#pragma once

#include "engine/refresh/refresh.hpp"
#include "matview/provider.hpp"

namespace matview::engine {

/// Recomputes a view from scratch over the very sources its current version read and compares, as multisets; FLOAT and
/// DOUBLE may differ by a relative 1e-9. Stores nothing.
/// `conflict` where a source is no longer what the version read (files only added since do not disturb);
/// `unsupported` where the definition's result changes with every refresh.
Result<Verification> verify_view(const EngineContext& context, const VerifyRequest& request, Control& control);

}  // namespace matview::engine
