#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "matview/control.hpp"
#include "matview/provider.hpp"

namespace matview::app {

/// Checks of one section as they are made, with the codes of those that fail.
class Findings {
 public:
  void ok(std::string name, std::string message);
  void warning(std::string name, std::string message, std::string hint = {});
  void failed(std::string name, const Error& error);
  /// A check that a provider made itself.
  void add(Check check);

  std::vector<Check>& checks() { return checks_; }
  const std::vector<ErrorCode>& codes() const { return codes_; }

 private:
  std::vector<Check> checks_;
  std::vector<ErrorCode> codes_;
};

/// The files and who else may write them, variables nobody reads, failpoints that are armed.
void check_configuration(Findings& findings, const config::Config& config, const Environment& environment);

/// Each secret of the profile: where it comes from and whether it can be fetched. Never what it is.
void check_secrets(Findings& findings, const config::Profile& profile, const Environment& environment,
                   Control& control);

/// The directory of a local store: that it is there or can be made, who may write to it, on what it lies, what is left.
void check_store(Findings& findings, const config::Profile& profile);

/// Where a remote backend is looked for and how well that is guarded, and whether jobs can be put on record.
void check_remote(Findings& findings, const config::Profile& profile, const Environment& environment);

/// That the profile's time zone is one that the system knows, where the system has time zones.
void check_time_zone(Findings& findings, const config::Profile& profile);

}  // namespace matview::app
