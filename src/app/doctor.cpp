#include "app/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/doctor_checks.hpp"
#include "app/workspace.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

class Doctor {
 public:
  Doctor(const DoctorRequest& request, Control& control) : request_(request), control_(control) {
    for (const auto& entry : request.registry) infos_.push_back(entry.info());
  }

  DoctorReport examine() {
    Findings general;
    const auto loaded = config::Config::load(request_.environment, infos_, request_.options);
    if (!loaded) {
      general.failed("configuration", loaded.error());
      add("configuration", "", general);
      return finish();
    }
    check_configuration(general, *loaded, request_.environment);
    add("configuration", "", general);
    Workspace workspace(request_.registry, *loaded, request_.environment, request_.access);
    for (const auto& profile : loaded->profiles())
      if (request_.all_profiles || &profile == &loaded->default_profile()) examine_profile(workspace, profile);
    return finish();
  }

 private:
  void examine_profile(Workspace& workspace, const config::Profile& profile) {
    Findings findings;
    findings.ok("provider", fmt::format("{} ({})", profile.provider, profile.origin.where));
    check_secrets(findings, profile, request_.environment, control_);
    if (profile.settings.count("store") > 0) check_store(findings, profile);
    check_time_zone(findings, profile);
    if (const auto info = workspace.info(profile.name); info && is_remote(**info))
      check_remote(findings, profile, request_.environment);
    ask_provider(findings, workspace, profile);
    add("profile " + profile.name, profile.name, findings);
  }

  void ask_provider(Findings& findings, Workspace& workspace, const config::Profile& profile) {
    // The lack of a store is a finding already.
    if (!config::provider_settings(profile)) return;
    const auto provider = workspace.open(profile.name);
    if (!provider) return findings.failed("opening", provider.error());
    auto checks = (*provider)->doctor(control_);
    if (!checks && checks.error().code == ErrorCode::unsupported) return;
    if (!checks) return findings.failed("provider", checks.error());
    for (auto& check : *checks) findings.add(std::move(check));
  }

  void add(std::string title, std::string profile, Findings& findings) {
    total_ += findings.checks().size();
    codes_.insert(codes_.end(), findings.codes().begin(), findings.codes().end());
    report_.sections.push_back({std::move(title), std::move(profile), std::move(findings.checks())});
  }

  DoctorReport finish() {
    if (codes_.empty()) return std::move(report_);
    const bool alike =
        std::all_of(codes_.begin(), codes_.end(), [&](ErrorCode code) { return code == codes_.front(); });
    report_.error = Error(alike ? codes_.front() : ErrorCode::failed,
                          fmt::format("{} of {} failed", codes_.size(), support::count_noun(total_, "check")));
    return std::move(report_);
  }

  const DoctorRequest& request_;
  Control& control_;
  std::vector<ProviderInfo> infos_;
  DoctorReport report_;
  std::vector<ErrorCode> codes_;
  std::size_t total_ = 0;
};

}  // namespace

void Findings::ok(std::string name, std::string message) {
  checks_.push_back({std::move(name), Check::Outcome::ok, std::move(message), {}});
}

void Findings::warning(std::string name, std::string message, std::string hint) {
  checks_.push_back({std::move(name), Check::Outcome::warning, std::move(message), std::move(hint)});
}

void Findings::failed(std::string name, const Error& error) {
  codes_.push_back(error.code);
  checks_.push_back({std::move(name), Check::Outcome::failed, error.message, error.hint});
}

void Findings::add(Check check) {
  if (check.outcome == Check::Outcome::failed) codes_.push_back(check.code);
  checks_.push_back(std::move(check));
}

DoctorReport doctor(const DoctorRequest& request, Control& control) { return Doctor(request, control).examine(); }

}  // namespace matview::app
