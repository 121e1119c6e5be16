#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "app/doctor_checks.hpp"
#include "http/secret_names.hpp"
#include "ledger/ledger.hpp"
#include "support/file.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

const config::Setting* setting_of(const config::Profile& profile, const std::string& key) {
  const auto found = profile.settings.find(key);
  return found == profile.settings.end() ? nullptr : &found->second;
}

void check_address(Findings& findings, const config::Profile& profile) {
  if (const auto* url = setting_of(profile, "url"))
    findings.ok("url",
                fmt::format("{} ({})", support::strip_control(http::mask_address(url->value)), url->origin.where));
  if (const auto* insecure = setting_of(profile, "insecure"); insecure != nullptr && insecure->value == "true")
    findings.warning("TLS", fmt::format("the server's certificate is not checked ({})", insecure->origin.where),
                     "whoever stands in between can read the credentials: use ca_file instead of insecure");
}

void check_files(Findings& findings, const config::Profile& profile) {
  for (const char* key : {"ca_file", "cert_file", "key_file"}) {
    const auto* file = setting_of(profile, key);
    if (file == nullptr) continue;
    if (::access(file->value.c_str(), R_OK) == 0)
      findings.ok(key, fmt::format("{} ({})", file->value, file->origin.where));
    else
      findings.failed(key, support::system_error("read", file->value, errno));
  }
}

void check_ledger(Findings& findings, const Environment& environment) {
  const auto file = ledger::default_path(environment);
  const auto status = ledger::examine(file);
  // Commands go on without it, but what was submitted is forgotten.
  if (!status) return findings.warning("ledger", status.error().message, status.error().hint);
  findings.ok("ledger", status->exists ? fmt::format("{}, {}", file.string(), support::count_noun(status->jobs, "job"))
                                       : fmt::format("{} is not there yet; the first job makes it", file.string()));
}

}  // namespace

void check_remote(Findings& findings, const config::Profile& profile, const Environment& environment) {
  check_address(findings, profile);
  check_files(findings, profile);
  check_ledger(findings, environment);
}

}  // namespace matview::app
