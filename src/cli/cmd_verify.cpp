#include "cli/cmd_verify.hpp"

#include <limits>

#include "app/inspect.hpp"
#include "app/refresh.hpp"
#include "cli/inputs.hpp"
#include "cli/reporter.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

namespace {

void log(Session& session, const app::Selected& selected, const Verification& verification) {
  if (auto* log = session.log())
    log->write(verification.equal ? output::LogLevel::info : output::LogLevel::error, "verified",
               {{"profile", selected.profile},
                {"view", verification.view},
                {"equal", verification.equal},
                {"rows_missing", verification.rows_missing},
                {"rows_extra", verification.rows_extra}});
}

/// One after the other, so that the reports can tell what became of each.
app::VerifyResult verify_each(Session& session, const std::vector<app::Selected>& views, Reporter& reporter) {
  const auto attending = session.attend([] { return "stopping: nothing is changed; Ctrl-C again leaves at once"; });
  app::VerifyResult all;
  for (const auto& selected : views) {
    const auto start = std::chrono::steady_clock::now();
    auto one = app::verify(session.workspace(), {selected}, session.arguments().provider_options(), session.control());
    session.finished(selected.view.name);
    output::ReportCase item{selected.view.name, selected.profile, selected.provider->info().name};
    for (auto& verification : one.verifications) {
      output::add_verification(item, verification);
      log(session, selected, verification);
      all.verifications.push_back(std::move(verification));
    }
    bool stopped = false;
    for (auto& error : one.errors) {
      item = output::report_case(item.view, item.profile, item.provider, error);
      stopped = error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated ||
                error.code == ErrorCode::timeout;
      all.errors.push_back(std::move(error));
    }
    item.elapsed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    reporter.add(std::move(item));
    if (stopped) break;
  }
  return all;
}

Result<int> verify(Session& session, Reporter& reporter) {
  MATVIEW_ASSIGN(const app::Selector selector, read_selector(session, true));
  MATVIEW_ASSIGN(const auto views, app::select(session.workspace(), selector, {}, session.control()));
  for (const auto& selected : views) {
    MATVIEW_TRY(session.workspace().require(selected.profile, Operation::verify));
    MATVIEW_TRY(check_provider_options(session, selected.profile, Operation::verify));
  }

  const auto result = verify_each(session, views, reporter);
  const bool json = output::is_json(session.format());
  if (!result.verifications.empty() || views.empty() || json)
    MATVIEW_TRY(output::print_verifications(session.out(), result.verifications, session.format(), session.style()));
  const auto error =
      app::combined_error(result.errors, views.size(), result.verifications.size(), "views failed to be verified");
  if (error) {
    if (views.size() > 1 && !json)
      for (const auto& single : result.errors) session.report(single);
    return fail(*error);
  }
  if (const auto difference = app::difference_error(result.verifications)) return fail(*difference);
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
      "Compares as multisets of rows and changes nothing. Exits with 1 if any view does not hold the rows of its "
      "query.";
  row.options = selector_options();
  row.options.push_back(report_option());
  row.operation = Operation::verify;
  row.examples = {"matview verify daily", "matview verify --all -o json"};
  return {std::move(row), run};
}

}  // namespace matview::cli
