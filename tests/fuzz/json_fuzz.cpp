#include "fuzz/fuzz.hpp"
#include "support/json.hpp"

using matview::support::parse_json;
using matview::support::to_json;

// What was read is written so that it is read again as the same.
MATVIEW_FUZZ_TARGET(input) {
  const auto value = parse_json(input);
  if (!value) return;
  for (const bool pretty : {false, true}) {
    const auto again = parse_json(to_json(*value, pretty));
    MATVIEW_FUZZ_CHECK(again);
    MATVIEW_FUZZ_CHECK(*again == *value);
  }
}
