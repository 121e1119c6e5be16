#include "providers/table.hpp"

#include <array>

#include "providers/dune/dune_provider.hpp"
#include "providers/lance/lance_provider.hpp"
#include "providers/local/local_provider.hpp"
#include "providers/memory/memory_provider.hpp"
#include "providers/postgres/postgres_provider.hpp"
#include "providers/thoughtspot/thoughtspot_provider.hpp"

namespace matview::providers {

namespace {

// One line for each provider.
const std::array<ProviderEntry, 6>& table() {
  static const std::array<ProviderEntry, 6> k_providers{{
      {&local_info, &open_local},
      {&thoughtspot::info, &thoughtspot::open},
      {&dune::info, &dune::open},
      {&lance::info, &lance::open},
      {&postgres::info, &postgres::open},
      {&memory::info, &memory::open},
  }};
  return k_providers;
}

}  // namespace

Registry builtin_providers() { return table(); }

}  // namespace matview::providers
