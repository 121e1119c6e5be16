#include "fuzz/backend.hpp"
#include "fuzz/fuzz.hpp"
#include "providers/dune/dune_provider.hpp"

namespace dune = matview::providers::dune;

MATVIEW_FUZZ_TARGET(input) {
  static const matview::fuzz::Backend backend{.provider = {&dune::info, &dune::open},
                                              .settings = {{"url", "https://dune.example.com"}},
                                              .secrets = {"api_key"},
                                              .view = "dune.team.result_daily",
                                              .options = {}};
  matview::fuzz::run_backend(backend, input);
}
