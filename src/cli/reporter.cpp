#include "cli/reporter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/metrics.hpp"
#include "support/replace_file.hpp"

namespace matview::cli {

namespace {

namespace fs = std::filesystem;

// The user of a collector is rarely ours.
constexpr mode_t k_readable_by_all = 0644;
// A look at the views after a run that was stopped or ran out of time must not take long.
constexpr std::chrono::seconds k_last_look{10};

Result<void> as_usage(Result<void> checked, std::string_view option) {
  if (checked) return {};
  Error error = std::move(checked).error();
  error.code = ErrorCode::usage;
  return fail(std::move(error).with_context(fmt::format("--{}: ", option)));
}

fs::path absolute(Session& session, const fs::path& path) {
  return session.world().environment.working_directory() / path;
}

}  // namespace

OptionRow report_option() {
  OptionRow row{"report", '\0', "KIND", ValueKind::text,
                "junit=FILE writes JUnit XML; github annotates a workflow run"};
  row.repeatable = true;
  return row;
}

OptionRow metrics_option() {
  return {"metrics-file", '\0', "FILE", ValueKind::file, "write Prometheus metrics of the views to FILE"};
}

Reporter::Reporter(Session& session) : session_(session) {
  report_.title = session.command();
  report_.began = session.world().environment.now();
}

Result<Reporter::Wanted> Reporter::wanted(Session& session, const std::string& value) {
  const auto equals = value.find('=');
  const std::string kind = value.substr(0, equals);
  const std::string file = equals == std::string::npos ? "" : value.substr(equals + 1);
  if (kind == "junit") {
    if (file.empty())
      return fail(Error(ErrorCode::usage, "--report junit needs a file").with_hint("--report junit=FILE"));
    Wanted report{Kind::junit, absolute(session, file)};
    MATVIEW_TRY(as_usage(support::check_replaceable(report.file), "report"));
    return report;
  }
  if (kind == "github") {
    if (equals != std::string::npos)
      return fail(Error(ErrorCode::usage, "--report github takes no file")
                      .with_hint("the summary goes where $GITHUB_STEP_SUMMARY says"));
    Wanted report{Kind::github, session.world().environment.variable("GITHUB_STEP_SUMMARY").value_or("")};
    if (!report.file.empty()) MATVIEW_TRY(as_usage(support::check_appendable(report.file), "report"));
    return report;
  }
  return fail(Error(ErrorCode::usage, fmt::format("--report takes junit=FILE or github, not '{}'", value)));
}

Result<std::unique_ptr<Reporter>> Reporter::open(Session& session) {
  std::unique_ptr<Reporter> reporter(new Reporter(session));
  if (session.dry_run()) return reporter;
  const Arguments& arguments = session.arguments();
  for (const auto& value : arguments.values("report")) {
    MATVIEW_ASSIGN(Wanted report, wanted(session, value));
    reporter->reports_.push_back(std::move(report));
  }
  if (const auto file = arguments.value("metrics-file")) {
    reporter->metrics_ = absolute(session, *file);
    MATVIEW_TRY(as_usage(support::check_replaceable(*reporter->metrics_), "metrics-file"));
  }
  return reporter;
}

void Reporter::add(const app::RunResult& result) {
  for (const auto& job : result.jobs) {
    const app::ViewKey key(job.profile, job.view);
    auto item = output::report_case(job);
    for (std::size_t i = 0; i < result.verified.size(); ++i)
      if (result.verified[i] == key) output::add_verification(item, result.verifications[i]);
    for (const auto& [view, error] : result.unverified)
      if (view == key) item = output::report_case(job.view, job.profile, job.provider, error);
    report_.cases.push_back(std::move(item));
    jobs_.push_back(job);
  }
}

void Reporter::add(const std::vector<View>& views, bool behind_fails) {
  for (const auto& view : views) report_.cases.push_back(output::report_case(view, behind_fails));
  views_.insert(views_.end(), views.begin(), views.end());
}

Duration Reporter::elapsed() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_);
}

Result<void> Reporter::write(const Result<int>& outcome) {
  if (idle()) return {};
  report_.elapsed = elapsed();
  const int code = outcome ? *outcome : exit_code(outcome.error().code);
  const bool told = std::any_of(report_.cases.begin(), report_.cases.end(), [](const output::ReportCase& item) {
    return item.outcome == output::ReportCase::Outcome::failed || item.outcome == output::ReportCase::Outcome::error;
  });
  if (!outcome && !told)
    add(output::report_case(session_.command(), outcome.error().profile, outcome.error().provider, outcome.error()));
  Result<void> written;
  const auto keep_first = [&](Result<void> result) {
    if (!result && written) written = std::move(result);
  };
  for (const auto& report : reports_) keep_first(write_report(report));
  if (metrics_) keep_first(write_metrics(look_again(), code));
  return written;
}

Result<void> Reporter::write_report(const Wanted& report) {
  if (report.kind == Kind::junit)
    return support::replace_file(report.file, output::junit_document(report_), k_readable_by_all);
  session_.print_aside(output::github_annotations(report_));
  if (report.file.empty()) return {};
  return support::append_to_file(report.file, output::github_summary(report_));
}

/// The run has changed what there is to tell, of other views too. Where nobody can be asked any longer the jobs tell.
std::vector<output::ViewMetrics> Reporter::look_again() {
  auto& workspace = session_.workspace();
  std::vector<View> views = views_;
  if (scope_) {
    std::atomic<int> no_stop{0};
    Control control{session_.control().observer, no_stop, std::chrono::steady_clock::now() + k_last_look};
    std::vector<Error> unreachable;
    app::SelectionNeeds needs;
    needs.freshness = needs.whole = true;
    needs.options = session_.arguments().provider_options();
    needs.unreachable = &unreachable;
    auto found = app::select(workspace, app::whole_scope(*scope_), needs, control);
    if (!found)
      session_.control().observer.warning(
          fmt::format("the metrics tell of the jobs of this run alone: {}", found.error().message));
    else
      for (auto& selected : *found) views.push_back(std::move(selected.view));
  }
  auto metrics = app::metrics_of(workspace, views);
  app::add_jobs(metrics, workspace, jobs_);
  return metrics;
}

Result<void> Reporter::write_metrics(const std::vector<View>& views, int exit_code) {
  if (!metrics_) return {};
  views_ = views;  // what is written at the end tells of them too
  return write_metrics(app::metrics_of(session_.workspace(), views), exit_code);
}

Result<void> Reporter::write_metrics(std::vector<output::ViewMetrics> views, int exit_code) {
  using Outcome = output::ReportCase::Outcome;
  output::RunMetrics run{metrics_->stem().string(), session_.command(), session_.world().environment.now(), elapsed()};
  run.succeeded = output::count(report_, Outcome::passed);
  run.failed = output::count(report_, Outcome::failed) + output::count(report_, Outcome::error);
  run.skipped = output::count(report_, Outcome::skipped);
  run.exit_code = exit_code;
  return support::replace_file(*metrics_, output::metrics_document(views, run), k_readable_by_all);
}

Result<int> with_reports(Session& session, const std::function<Result<int>(Reporter&)>& work) {
  MATVIEW_ASSIGN(const auto reporter, Reporter::open(session));
  auto outcome = work(*reporter);
  auto written = reporter->write(outcome);
  if (written) return outcome;
  // The first failure decides what the command exits with; the other must not go unsaid.
  if (outcome && *outcome == 0) return fail(std::move(written).error());
  session.report(std::move(written).error());
  return outcome;
}

}  // namespace matview::cli
