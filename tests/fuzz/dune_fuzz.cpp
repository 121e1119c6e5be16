#include "fuzz/backend.hpp"
#include "fuzz/fuzz.hpp"

MATVIEW_FUZZ_TARGET(input) {
  static const matview::fuzz::Backend backend{.provider = "dune",
                                              .settings = {{"url", "https://dune.example.com"}},
                                              .secrets = {"api_key"},
                                              .view = "dune.team.result_daily",
                                              .options = {}};
  matview::fuzz::run_backend(backend, input);
}
