#pragma once

#include <memory>

#include "matview/provider.hpp"

namespace matview::providers::memory {

/// A backend without a backend: views that are nothing but a number of rows. It exists to try the tool's every answer
/// without any data, so its options can make a refresh slow or make it fail. With the setting `state_file` the views
/// outlive the process.
///
/// A view is stale when its definition was replaced or a view it reads has a newer version than the last refresh saw.
/// The query language is the name of a view.
const ProviderInfo& info();

/// `usage` for a state file that is none of ours.
Result<std::unique_ptr<Provider>> open(const ProviderContext& context);

}  // namespace matview::providers::memory
