#include "providers/table.hpp"

#include <array>

#include "providers/dune/dune_provider.hpp"
#include "providers/local/local_provider.hpp"
#include "providers/memory/memory_provider.hpp"

namespace matview::providers {

namespace {

// One line for each provider.
constexpr std::array k_providers{
    ProviderEntry{&local_info, &open_local},
    ProviderEntry{&dune::info, &dune::open},
    ProviderEntry{&memory::info, &memory::open},
};

}  // namespace

Registry builtin_providers() { return k_providers; }

}  // namespace matview::providers
