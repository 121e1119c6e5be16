#pragma once

#include <atomic>
#include <string_view>
#include <vector>

#include "matview/environment.hpp"
#include "matview/registry.hpp"

namespace matview::providers {

/// The providers of the table and, after them, the programs `matview-provider-NAME` in absolute folders of PATH whose
/// names the table does not have. Starts none of them: what such a provider can do is known once a profile of it was
/// opened, and till then its info has no operations. `environment` and `stop` outlive the answer.
std::vector<ProviderEntry> with_external_providers(Registry table, const Environment& environment,
                                                   const std::atomic<int>& stop);

/// Whether it is the info of such a program.
bool is_external(const ProviderInfo& info);

}  // namespace matview::providers
