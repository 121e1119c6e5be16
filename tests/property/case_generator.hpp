#pragma once

#include "query_generator.hpp"
#include "source_generator.hpp"
#include "statistics.hpp"
#include "world.hpp"

namespace matview::property {

/// A case made of a seed: what it did, and how it failed if it did.
struct Outcome {
  Script script;
  std::optional<Failure> failure;
  int steps = 0;
  bool discarded = false;  ///< the oracle had no answer at some point
};

/// Makes a case and runs it while it is made: what DuckDB says of the views decides how it goes on. About `steps`
/// changes, each followed by refreshes.
Outcome run_generated(std::uint64_t seed, int steps, Statistics& statistics);

}  // namespace matview::property
