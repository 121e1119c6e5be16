#include "fuzz/backend.hpp"
#include "fuzz/fuzz.hpp"
#include "providers/thoughtspot/thoughtspot_provider.hpp"

namespace thoughtspot = matview::providers::thoughtspot;

MATVIEW_FUZZ_TARGET(input) {
  static const matview::fuzz::Backend backend{
      .provider = {&thoughtspot::info, &thoughtspot::open},
      .settings = {{"url", "https://thoughtspot.example.com"}, {"username", "jane"}},
      .secrets = {"password"},
      .view = "9cd98e1c-5e5e-4c6e-9d5c-5b7e0f2a1d3c",
      .options = {{"connection", {"c"}}}};
  matview::fuzz::run_backend(backend, input);
}
