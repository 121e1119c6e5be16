#include "cli/cmd_apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "app/apply.hpp"
#include "app/diff.hpp"
#include "app/names.hpp"
#include "app/saved_plan.hpp"
#include "cli/inputs.hpp"
#include "cli/reporter.hpp"
#include "cli/session.hpp"
#include "cli/views_file.hpp"
#include "cli/waiting.hpp"
#include "output/print_changes.hpp"
#include "output/values.hpp"
#include "support/members.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

Value document_of(const app::Applied& applied) {
  Value document = app::to_value(*applied.change);
  document.set("error", applied.error ? output::to_value(*applied.error) : Value());
  document.set("state", app::to_string(applied.state));
  document.set("remark", support::text_or_null(applied.remark));
  return document;
}

/// Tells of each change as it ends.
class Teller final : public app::ApplyListener {
 public:
  explicit Teller(Session& session) : session_(session) {}

  void started(const app::Change& change) override {
    if (auto* events = session_.events()) events->start("apply", change.view, change.profile);
    if (session_.verbosity() > 0)
      session_.note(fmt::format("{}: '{}'", app::to_string(change.action), support::strip_control(change.view)));
  }
  void finished(const app::Applied& applied) override {
    log(applied);
    session_.finished(applied.change->view);
    if (auto* events = session_.events())
      events->result("change", document_of(applied));
    else if (applied.error && !output::is_json(session_.format()))
      session_.report(*applied.error);
  }

 private:
  void log(const app::Applied& applied) {
    auto* log = session_.log();
    if (log == nullptr || applied.state == app::Applied::State::unchanged) return;
    const auto& change = *applied.change;
    Value::Object fields{{"profile", change.profile},
                         {"view", change.view},
                         {"action", app::to_string(change.action)},
                         {"reason", applied.remark.empty() ? change.reason : applied.remark}};
    if (applied.error)
      for (auto& field : output::log_fields(*applied.error)) fields.push_back(std::move(field));
    const bool well = applied.state == app::Applied::State::applied;
    log->write(well ? output::LogLevel::info : output::LogLevel::error,
               fmt::format("change_{}", app::to_string(applied.state)), std::move(fields));
  }

  Session& session_;
};

/// What is to be done, and whether it was saved before.
struct Task {
  std::filesystem::path file;
  app::DiffOptions options;
  std::optional<app::SavedPlan> plan;
};

Result<Task> read_task(Session& session) {
  const Arguments& arguments = session.arguments();
  Task task;
  if (arguments.has("file")) {
    MATVIEW_ASSIGN(task.file, views_file_path(session));
    task.options = {arguments.words(), arguments.has("prune")};
    return task;
  }
  if (arguments.words().size() != 1)
    return fail(Error(ErrorCode::usage, "'apply' needs a views file, or a plan that was saved")
                    .with_hint("name it: --file matview.toml; or the plan that 'matview diff --out' wrote"));
  if (arguments.has("prune"))
    return fail(ErrorCode::usage, "a saved plan says itself whether views are pruned: --prune belongs to --file");
  MATVIEW_ASSIGN(task.plan,
                 app::read_plan(session.world().environment.working_directory() / arguments.words().front()));
  task.file = task.plan->file;
  task.options = task.plan->options;
  return task;
}

std::vector<Value> documents_of(const std::vector<app::Change>& changes) {
  std::vector<Value> documents;
  for (const auto& change : changes) documents.push_back(app::to_value(change));
  return documents;
}

/// Asks where somebody can be asked. What drops rows needs a person or --allow-drop, and --yes is neither.
Result<void> agree(Session& session, const std::vector<app::Change>& changes) {
  const auto drops = app::drops_to_allow(changes, session.arguments().values("allow-drop"));
  const bool asks = session.interactive() && !session.yes();
  if (!drops.empty() && !asks) {
    std::vector<std::string> names;
    for (const auto* change : drops)
      names.push_back(
          fmt::format("'{}'", app::display_name(change->profile, change->view, session.workspace().profile_in_use())));
    return fail(Error(ErrorCode::usage,
                      fmt::format("nobody has agreed to drop {}", support::strip_control(support::join(names, ", "))))
                    .with_hint("--allow-drop GLOB agrees to drop the views of these names"));
  }
  const auto count = std::count_if(changes.begin(), changes.end(), [](const auto& change) { return change.alters(); });
  if (!asks || count == 0) return {};
  MATVIEW_TRY(session.world().err.write(output::changes_text(documents_of(changes), false, session.style())));
  auto question = fmt::format("Apply {}", support::count_noun(count, "change"));
  if (!drops.empty())
    question +=
        fmt::format(", dropping {} with {} rows", support::count_noun(static_cast<std::int64_t>(drops.size()), "view"),
                    drops.size() == 1 ? "its" : "their");
  MATVIEW_ASSIGN(const bool agreed, session.confirm(question + "?"));
  if (!agreed) return fail(ErrorCode::failed, "nothing was changed: the answer was no");
  return {};
}

Result<void> print_result(Session& session, const app::ApplyResult& result, const std::vector<app::Change>& changes) {
  if (auto* events = session.events()) {
    output::Summary summary;
    summary.operation = "apply";
    for (const auto& applied : result.applied) {
      if (applied.state == app::Applied::State::failed)
        ++summary.failed;
      else if (applied.state == app::Applied::State::skipped)
        ++summary.skipped;
      else
        ++summary.succeeded;
    }
    summary.exit_code = result.error ? exit_code(result.error->code) : 0;
    return events->summary(summary);
  }
  const bool table = session.format() == output::Format::table;
  std::vector<Value> documents;
  for (const auto& applied : result.applied)
    if (!table || applied.state != app::Applied::State::unchanged) documents.push_back(document_of(applied));
  if (table && documents.empty()) {
    session.note(fmt::format("nothing to do: {} as the file has {}",
                             changes.size() == 1
                                 ? "the view is"
                                 : support::count_noun(static_cast<std::int64_t>(changes.size()), "view") + " are",
                             changes.size() == 1 ? "it" : "them"));
    return {};
  }
  return output::print_applied(session.out(), documents, app::count_actions(changes), session.format(),
                               session.style());
}

output::ReportCase case_of(const app::Applied& applied) {
  const app::Change& change = *applied.change;
  output::ReportCase item{change.view, change.profile, change.provider};
  if (applied.error) item = output::report_case(change.view, change.profile, change.provider, *applied.error);
  if (applied.state == app::Applied::State::skipped) {
    item.outcome = output::ReportCase::Outcome::skipped;
    item.message = applied.remark;
  }
  item.text = fmt::format("action: {}\nstate: {}\n", app::to_string(change.action), app::to_string(applied.state));
  if (!change.reason.empty()) item.text += fmt::format("reason: {}\n", change.reason);
  return item;
}

Result<int> apply(Session& session, Reporter& reporter) {
  MATVIEW_TRY(check_waiting_options(session.arguments()));
  MATVIEW_ASSIGN(const Task task, read_task(session));
  MATVIEW_ASSIGN(const auto views, read_views(session, task.file));
  auto& workspace = session.workspace();
  MATVIEW_ASSIGN(const auto changes, app::diff(workspace, views, task.options, session.control()));
  if (task.plan) MATVIEW_TRY(app::require_unchanged(*task.plan, changes));
  if (session.dry_run()) {
    MATVIEW_ASSIGN(auto plans, app::plan_apply(workspace, changes, session.control()));
    MATVIEW_TRY(session.print_plans(plans));
    return 0;
  }
  MATVIEW_TRY(agree(session, changes));
  Teller teller(session);
  const app::FillOptions fill{!session.arguments().has("no-wait"), wait_options(session.arguments())};
  auto attending = session.attend([] { return "stopping: applying again goes on; Ctrl-C again leaves at once"; });
  const auto result = app::apply(workspace, changes, fill, teller, session.control());
  attending.reset();
  for (const auto& applied : result.applied) reporter.add(case_of(applied));
  MATVIEW_TRY(print_result(session, result, changes));
  if (!result.error) return 0;
  if (output::is_json(session.format())) return fail(*result.error);
  return exit_code(result.error->code);
}

Result<int> run(Session& session) {
  return with_reports(session, [&](Reporter& reporter) { return apply(session, reporter); });
}

}  // namespace

Command apply_command() {
  CommandRow row{"apply",
                 "[PLAN | SELECTOR...]",
                 ValueKind::file,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "make views as a views file has them",
                 "",
                 {}};
  row.description =
      "Creates and changes the views of a TOML file, upstream before downstream; 'matview diff' tells beforehand what "
      "that is. A plan that 'diff --out' saved is carried out as it was seen, or refused if either side has changed "
      "since. A view that is in no file stays, unless --prune is given. On a terminal it asks first. Where nobody can "
      "be asked, or --yes answers, only views that --allow-drop names are dropped. One that fails does not keep the "
      "others from going on, but for what depends on it; applying again goes on.";
  row.options = {views_file_option(),
                 prune_option(),
                 {"allow-drop", '\0', "GLOB", ValueKind::selector, "agree to drop views of these names", true},
                 {"no-wait", '\0', "", ValueKind::none, "do not wait until a backend has filled new views"},
                 cancel_on_timeout_option(),
                 report_option()};
  row.examples = {"matview apply -f matview.toml", "matview apply -f matview.toml --dry-run",
                  "matview apply -f matview.toml --prune --allow-drop 'tmp_*' --yes", "matview apply plan.json"};
  return {std::move(row), run, true, true};
}

}  // namespace matview::cli
