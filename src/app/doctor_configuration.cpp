#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "app/doctor_checks.hpp"
#include "config/names.hpp"
#include "support/edit_distance.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

namespace fs = std::filesystem;

// Who can change the configuration decides what programs run for us and where our credentials go.
void check_file(Findings& findings, const fs::path& file) {
  struct stat status {};
  const auto name = file.string();
  if (::stat(file.c_str(), &status) != 0) return findings.warning("file", name + " has gone meanwhile");
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && S_ISREG(status.st_mode))
    return findings.warning("file",
                            fmt::format("{} can be changed by other users (mode {:04o})", name,
                                        static_cast<unsigned>(status.st_mode & 07777)),
                            "chmod go-w " + name);
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    return findings.warning("file", fmt::format("{} belongs to another user (id {})", name, status.st_uid));
  findings.ok("file", name);
}

void check_variables(Findings& findings, const Environment& environment) {
  const auto known = config::variable_names();
  for (const auto& name : environment.variable_names()) {
    if (!name.starts_with("MATVIEW_") || name.starts_with("MATVIEW_PROFILES_")) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (name.starts_with("MATVIEW_FAILPOINT")) {
      findings.warning("environment", name + " is set: steps are made to fail, for tests", "unset " + name);
      continue;
    }
    const auto near = support::nearest(name, known);
    findings.warning("environment", support::strip_control(name) + " is set, but nothing reads it",
                     near ? fmt::format("did you mean {}?", *near) : std::string());
  }
}

}  // namespace

void check_configuration(Findings& findings, const config::Config& config, const Environment& environment) {
  for (const auto& file : config.files_read()) check_file(findings, file);
  if (config.files_read().empty()) findings.ok("file", "none, built-in values are in effect");
  check_variables(findings, environment);
  const auto& chosen = config.default_profile_setting();
  findings.ok("default profile", fmt::format("{} ({})", chosen.value, chosen.origin.where));
}

void check_secrets(Findings& findings, const config::Profile& profile, const Environment& environment,
                   Control& control) {
  for (const auto& source : config::secret_sources(profile)) {
    const auto secret = config::resolve_secret(profile, source.key, environment, &control.stop);
    if (secret)
      findings.ok(source.key, fmt::format("from {} ({})", to_string(source.kind), source.origin.where));
    else
      findings.failed(source.key, secret.error());
  }
}

}  // namespace matview::app
