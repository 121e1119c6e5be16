#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "matview/provider.hpp"

namespace matview {

/// One row of the provider table.
struct ProviderEntry {
  std::function<const ProviderInfo&()> info;
  /// Opens one. May do I/O; `usage` for bad settings, `unavailable` if it cannot be reached.
  std::function<Result<std::unique_ptr<Provider>>(const ProviderContext& context)> open;
};

/// The providers a program knows. An explicit table: objects that register themselves are dropped by the
/// linker from static libraries.
using Registry = std::span<const ProviderEntry>;

/// The entry of that name, or null.
const ProviderEntry* find_provider(Registry registry, std::string_view name);

}  // namespace matview
