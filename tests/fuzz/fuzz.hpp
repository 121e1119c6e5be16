#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What one input is for a target.
#define MATVIEW_FUZZ_TARGET(name)                                                     \
  static void run(std::string_view name);                                             \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    run(std::string_view(reinterpret_cast<const char*>(data), size));                 \
    return 0;                                                                         \
  }                                                                                   \
  static void run(std::string_view name)

/// Ends the process, as sanitizers do, where something does not hold.
#define MATVIEW_FUZZ_CHECK(condition)                                                     \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)
