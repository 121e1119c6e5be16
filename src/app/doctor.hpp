#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/connection.hpp"
#include "config/config.hpp"
#include "matview/control.hpp"
#include "matview/registry.hpp"

namespace matview::app {

struct DoctorRequest {
  Registry registry;
  const Environment& environment;
  config::LoadOptions options;  ///< `profile` chooses the profile to be checked
  bool all_profiles = false;
  RemoteAccess access = {};
};

/// The checks of one part, in the order they were made.
struct DoctorSection {
  std::string title;  ///< "configuration", or "profile NAME"
  std::string profile;
  std::vector<Check> checks;
};

struct DoctorReport {
  std::vector<DoctorSection> sections;
  /// Set if a check failed: its code is that of the failed checks where they share one, else FAILED.
  std::optional<Error> error;
};

/// Looks for what would keep commands from working: configuration files and who may change them, secrets and whether
/// they can be fetched (never what they are), the store's directory, the
/// ledger, and whatever the provider checks itself.
/// Loads the configuration on its own, so that a broken one is a finding. Changes nothing; secret commands are really
/// run.
DoctorReport doctor(const DoctorRequest& request, Control& control);

}  // namespace matview::app
