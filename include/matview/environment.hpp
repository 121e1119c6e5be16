#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "matview/time.hpp"

namespace matview {

/// The world as far as libmatview needs it; passed in, so that tests can stand in for it. No globals.
/// Implementations are safe to call from several threads.
class Environment {
 public:
  virtual ~Environment() = default;

  /// An environment variable; empty optional where it is not set.
  virtual std::optional<std::string> variable(const std::string& name) const = 0;

  /// The names of all variables that are set, in any order; none where the environment cannot be listed.
  virtual std::vector<std::string> variable_names() const { return {}; }

  /// The wall clock. It may jump; durations come from std::chrono::steady_clock.
  virtual Time now() const = 0;

  /// The directory relative paths count from.
  virtual std::filesystem::path working_directory() const = 0;

  /// 16 bytes nobody can guess, for ids.
  virtual std::array<std::uint8_t, 16> random_bytes() const = 0;
};

}  // namespace matview
