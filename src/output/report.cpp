#include "output/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/text.hpp"

namespace matview::output {

namespace {

using Outcome = ReportCase::Outcome;

/// A refresh that ran and failed is a failure; one that could not be done is an error, which says nothing of the view.
Outcome outcome_of(ErrorCode code) {
  return code == ErrorCode::failed || code == ErrorCode::differs ? Outcome::failed : Outcome::error;
}

void add_line(std::string& text, std::string_view name, std::string_view value) {
  if (!value.empty()) text += fmt::format("{}: {}\n", name, value);
}

void add_line(std::string& text, std::string_view name, const std::optional<std::int64_t>& value) {
  if (value) text += fmt::format("{}: {}\n", name, *value);
}

void add_error(ReportCase& into, const Error& error) {
  into.outcome = outcome_of(error.code);
  into.code = symbol(error.code);
  into.message = error.message;
  into.detail = error.detail;
  if (!into.detail.empty() && !into.detail.ends_with('\n')) into.detail += '\n';
  if (!error.hint.empty()) into.detail += fmt::format("hint: {}\n", error.hint);
}

}  // namespace

std::int64_t count(const Report& report, Outcome outcome) {
  return std::count_if(report.cases.begin(), report.cases.end(),
                       [&](const ReportCase& item) { return item.outcome == outcome; });
}

ReportCase report_case(const Job& job) {
  ReportCase result{job.view.empty() ? job.id : job.view, job.profile, job.provider};
  result.elapsed = job.elapsed;
  add_line(result.text, "state", to_string(job.state));
  add_line(result.text, "mode", job.mode);
  add_line(result.text, "reason", job.reason);
  add_line(result.text, "rows", job.rows_total);
  add_line(result.text, "rows added", job.rows_added);
  add_line(result.text, "rows removed", job.rows_removed);
  add_line(result.text, "version", job.version);
  add_line(result.text, "job", job.id);
  if (job.error) {
    add_error(result, *job.error);
  } else if (job.state == JobState::skipped) {
    result.outcome = Outcome::skipped;
    result.message = job.reason;
  } else if (job.state == JobState::failed || job.state == JobState::cancelled || job.state == JobState::unknown) {
    result.outcome = job.state == JobState::failed ? Outcome::failed : Outcome::error;
    result.message = fmt::format("the job is {}", to_string(job.state));
  }
  return result;
}

ReportCase report_case(const View& view, bool behind_fails) {
  ReportCase result{view.name, view.profile, view.provider};
  add_line(result.text, "freshness", to_string(view.freshness));
  add_line(result.text, "reason", view.freshness_reason);
  add_line(result.text, "state", to_string(view.state));
  add_line(result.text, "rows", view.rows);
  add_line(result.text, "version", view.version);
  const bool behind = view.freshness == Freshness::stale || view.freshness == Freshness::empty;
  if (view.state == ViewState::error) {
    result.outcome = Outcome::failed;
    result.message = "the last refresh failed";
    if (view.last_job && view.last_job->error) {
      add_error(result, *view.last_job->error);
      result.outcome = Outcome::failed;
    }
  } else if (behind && behind_fails) {
    result.outcome = Outcome::failed;
    result.code = symbol(ErrorCode::differs);
    result.message = view.freshness == Freshness::empty ? "the view was never filled" : "the view is stale";
    if (view.freshness == Freshness::stale && !view.freshness_reason.empty())
      result.message += ": " + view.freshness_reason;
  }
  return result;
}

ReportCase report_case(std::string view, std::string profile, std::string provider, const Error& error) {
  ReportCase result{std::move(view), std::move(profile), std::move(provider)};
  add_error(result, error);
  return result;
}

void add_verification(ReportCase& into, const Verification& verification) {
  add_line(into.text, "version", verification.version);
  add_line(into.text, "rows stored", verification.rows_stored);
  add_line(into.text, "rows missing", verification.rows_missing);
  add_line(into.text, "rows extra", verification.rows_extra);
  if (verification.equal) return;
  into.outcome = Outcome::failed;
  into.code = symbol(ErrorCode::failed);
  into.message =
      fmt::format("the view does not hold the rows of its query: {} missing, {} too many",
                  support::human_count(verification.rows_missing), support::human_count(verification.rows_extra));
}

}  // namespace matview::output
