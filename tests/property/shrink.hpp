#pragma once

#include <chrono>

#include "world.hpp"

namespace matview::property {

/// The shortest script found within `budget` that fails like `script` does, and how it fails.
struct Shrunk {
  Script script;
  Failure failure;
  int attempts = 0;
};
Shrunk shrink(Script script, Failure failure, std::chrono::seconds budget);

}  // namespace matview::property
