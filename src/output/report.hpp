#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/error.hpp"
#include "matview/job.hpp"
#include "matview/provider.hpp"
#include "matview/time.hpp"
#include "matview/view.hpp"

namespace matview::output {

/// What became of one view, for machines that collect test results.
struct ReportCase {
  /// `failed`: it was done and came out wrong; `error`: it could not be done.
  enum class Outcome { passed, failed, error, skipped };

  std::string view;
  std::string profile;
  std::string provider;
  Outcome outcome = Outcome::passed;
  std::string code = {};     ///< the symbol of the error: "UNAVAILABLE"
  std::string message = {};  ///< why it failed or was skipped, one line
  std::string detail = {};   ///< more lines: what the error tells besides, and what to do about it
  std::string text = {};     ///< what else there is to know: mode, reason, rows, the id of the job; one fact a line
  std::optional<Duration> elapsed = {};
};

/// What a command came to, view by view.
struct Report {
  std::string title;  ///< the command: "refresh"
  Time began;
  Duration elapsed{0};
  std::vector<ReportCase> cases;
};

/// How many of the cases came to that.
std::int64_t count(const Report& report, ReportCase::Outcome outcome);

ReportCase report_case(const Job& job);
/// A view whose last refresh failed has failed; with `behind_fails` so has one that is stale or was never filled.
ReportCase report_case(const View& view, bool behind_fails);
/// A view, or a whole command (`view` is then its name), that could not be dealt with.
ReportCase report_case(std::string view, std::string profile, std::string provider, const Error& error);

/// What recomputing the view found: one that differs has failed.
void add_verification(ReportCase& into, const Verification& verification);

/// The report as JUnit's XML, valid against the schema of Jenkins' xUnit plugin (junit-10.xsd), which GitLab and others
/// read as well: one testcase a view, its class the profile.
std::string junit_document(const Report& report);

/// GitHub's workflow commands, one a line: an error for each view that failed, a warning for each that was skipped.
/// The runner finds them on stdout and stderr alike.
std::string github_annotations(const Report& report);

/// The report as a Markdown table, for the file $GITHUB_STEP_SUMMARY. Of very many views those that are well are left
/// out: GitHub drops a summary of more than 1 MiB.
std::string github_summary(const Report& report);

}  // namespace matview::output
