#include "fuzz/backend.hpp"
#include "fuzz/fuzz.hpp"

MATVIEW_FUZZ_TARGET(input) {
  static const matview::fuzz::Backend backend{"dune", {{"url", "https://dune.example.com"}}, "dune.team.result_daily"};
  matview::fuzz::run_backend(backend, input);
}
