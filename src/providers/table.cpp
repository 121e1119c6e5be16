#include "providers/table.hpp"

#include <array>

#include "providers/dune/dune_provider.hpp"
#include "providers/lance/lance_provider.hpp"
#include "providers/local/local_provider.hpp"
#include "providers/memory/memory_provider.hpp"
#include "providers/thoughtspot/thoughtspot_provider.hpp"

namespace matview::providers {

namespace {

// One line for each provider.
constexpr std::array k_providers{
    ProviderEntry{&local_info, &open_local},                //
    ProviderEntry{&thoughtspot::info, &thoughtspot::open},  //
    ProviderEntry{&dune::info, &dune::open},                //
    ProviderEntry{&lance::info, &lance::open},              //
    ProviderEntry{&memory::info, &memory::open},            //
};

}  // namespace

Registry builtin_providers() { return k_providers; }

}  // namespace matview::providers
