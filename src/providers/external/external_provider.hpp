#pragma once

#include <memory>

#include "matview/provider.hpp"
#include "providers/external/program.hpp"

namespace matview::providers::external {

/// Opens a profile of a provider that is a program of its own; starts it if that was not done yet. `usage` for keys of
/// the profile that the program does not know; else the errors of Program::learn.
Result<std::unique_ptr<Provider>> open(std::shared_ptr<Program> program, const ProviderContext& context);

}  // namespace matview::providers::external
