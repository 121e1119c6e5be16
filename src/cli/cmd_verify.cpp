#include "cli/cmd_verify.hpp"

#include <limits>

#include "app/inspect.hpp"
#include "app/refresh.hpp"
#include "cli/inputs.hpp"
#include "cli/reporter.hpp"
#include "cli/running.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

namespace {

void log(Session& session, const app::Verified& item) {
  auto* log = session.log();
  if (log == nullptr) return;
  Value::Object fields{{"profile", item.profile}, {"view", item.view}};
  if (item.verification) {
    fields.emplace_back("equal", item.verification->equal);
    fields.emplace_back("rows_missing", item.verification->rows_missing);
    fields.emplace_back("rows_extra", item.verification->rows_extra);
  } else {
    for (auto& field : output::log_fields(item.error)) fields.push_back(std::move(field));
  }
  const bool well = item.verification && item.verification->equal;
  log->write(well ? output::LogLevel::info : output::LogLevel::error, item.verification ? "verified" : "unverified",
             std::move(fields));
}

output::ReportCase case_of(const app::Verified& item) {
  output::ReportCase result{item.view, item.profile, item.provider};
  if (item.verification)
    output::add_verification(result, *item.verification);
  else
    result = output::report_case(item.view, item.profile, item.provider, item.error);
  result.elapsed = item.elapsed;
  return result;
}

output::Failures failures_of(const app::VerifyResult& result) {
  output::Failures failures;
  for (const auto& item : result.each)
    if (!item.verification) failures.push_back({item.profile, item.view, item.error});
  return failures;
}

Result<int> verify(Session& session, Reporter& reporter) {
  MATVIEW_ASSIGN(const auto jobs, jobs_of(session.arguments()));
  MATVIEW_ASSIGN(const app::Selector selector, read_selector(session, true));
  app::SelectionNeeds needs;
  needs.tolerant = true;
  MATVIEW_ASSIGN(const auto views, app::select(session.workspace(), selector, needs, session.control()));
  for (const auto& selected : views) {
    MATVIEW_TRY(session.workspace().require(selected.profile, Operation::verify));
    MATVIEW_TRY(check_provider_options(session, selected.profile, Operation::verify));
  }

  auto attending = session.attend([] { return "stopping: nothing is changed; Ctrl-C again leaves at once"; });
  const auto result = app::verify(session.workspace(), views, session.arguments().provider_options(), jobs.value_or(1),
                                  session.control());
  attending.reset();
  for (const auto& selected : views) session.finished(selected.view.name);
  for (const auto& item : result.each) {
    log(session, item);
    reporter.add(case_of(item));
  }
  const bool json = output::is_json(session.format());
  if (!result.verifications.empty() || views.empty() || json)
    MATVIEW_TRY(output::print_verifications(session.out(), result.verifications, session.format(), session.style(),
                                            failures_of(result)));
  const auto error =
      app::combined_error(result.errors, views.size(), result.verifications.size(), "views failed to be verified");
  if (error) {
    if (views.size() > 1 && !json)
      for (const auto& single : result.errors) session.report(single);
    return fail(*error);
  }
  if (const auto difference = app::difference_error(result.verifications, session.workspace().profile_in_use()))
    return fail(*difference);
  return 0;
}

Result<int> run(Session& session) {
  return with_reports(session, [&](Reporter& reporter) { return verify(session, reporter); });
}

}  // namespace

Command verify_command() {
  CommandRow row{"verify",
                 "SELECTOR...",
                 ValueKind::selector,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "recompute views and compare with what is stored",
                 "",
                 {}};
  row.description =
      "Recomputes views and compares with what is stored, as multisets of rows, changing nothing. Floating-point "
      "numbers may differ by a relative 1e-9, everything else by nothing. Some of the rows that differ are shown. "
      "Exits with 1 if any view does not hold the rows of its query.";
  row.options = selector_options();
  row.options.push_back(jobs_option());
  row.options.push_back(report_option());
  row.operation = Operation::verify;
  row.examples = {"matview verify daily", "matview verify --all -o json"};
  return {std::move(row), run};
}

}  // namespace matview::cli
