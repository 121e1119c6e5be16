#include "fuzz/backend.hpp"
#include "fuzz/fuzz.hpp"

MATVIEW_FUZZ_TARGET(input) {
  static const matview::fuzz::Backend backend{"lance", {{"url", "https://lance.example.com"}}, "team$daily"};
  matview::fuzz::run_backend(backend, input);
}
