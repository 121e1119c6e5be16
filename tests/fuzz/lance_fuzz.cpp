#include "fuzz/backend.hpp"
#include "fuzz/fuzz.hpp"
#include "providers/lance/lance_provider.hpp"

namespace lance = matview::providers::lance;

MATVIEW_FUZZ_TARGET(input) {
  static const matview::fuzz::Backend backend{.provider = {&lance::info, &lance::open},
                                              .settings = {{"url", "https://lance.example.com"}},
                                              .secrets = {"api_key"},
                                              .view = "team$daily",
                                              .options = {{"output-schema", {"id int64 not null"}}}};
  matview::fuzz::run_backend(backend, input);
}
