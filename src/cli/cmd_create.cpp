#include "cli/cmd_create.hpp"

#include <fmt/format.h>

#include "app/define.hpp"
#include "app/names.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "cli/waiting.hpp"
#include "output/print.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

Result<CreateRequest> read_request(Session& session) {
  const Arguments& arguments = session.arguments();
  MATVIEW_TRY(forbid_together(arguments, {"with-data", "no-data"}));
  MATVIEW_TRY(check_waiting_options(arguments));
  MATVIEW_TRY(forbid_together(arguments, {"if-not-exists", "replace"}));
  CreateRequest request;
  MATVIEW_ASSIGN(request.query, read_sql(session, arguments.value("query")));
  request.kind = kind_of(arguments);
  request.with_data = arguments.has("with-data");
  request.no_data = arguments.has("no-data");
  request.if_not_exists = arguments.has("if-not-exists");
  request.replace = arguments.has("replace");
  request.tags = arguments.values("tag");
  for (const auto& tag : request.tags)
    if (tag.empty() || tag.find(',') != std::string::npos)
      return fail(ErrorCode::usage, fmt::format("--tag '{}' is no tag: it must not be empty or hold a comma", tag));
  request.options = arguments.provider_options();
  return request;
}

/// "with 3 rows", "job 01HZ fills it"
std::string remark_on_rows(const CreateRequest& request, const View& view) {
  if (view.last_job && !is_terminal(view.last_job->state)) return fmt::format("; job {} fills it", view.last_job->id);
  const bool filled = view.rows && (request.with_data || view.last_job);
  return filled ? fmt::format(" with {}", support::count_noun(*view.rows, "row")) : "";
}

Result<int> print_created(Session& session, const app::Reference& reference, const CreateRequest& request,
                          const View& view) {
  if (session.format() != output::Format::table) {
    MATVIEW_TRY(output::print_views(session.out(), {view}, session.format(), session.style()));
    return 0;
  }
  session.note(
      fmt::format("view '{}' is there{}", session.shown(reference.profile, view.name), remark_on_rows(request, view)));
  return 0;
}

Result<int> run(Session& session) {
  MATVIEW_ASSIGN(const app::Reference reference, app::parse_reference(session.arguments().words().front()));
  MATVIEW_TRY(app::check_new_name(reference.name));
  MATVIEW_ASSIGN(CreateRequest request, read_request(session));
  request.name = reference.name;
  MATVIEW_TRY(session.workspace().require(reference.profile, Operation::create));
  MATVIEW_TRY(check_provider_options(session, reference.profile, Operation::create));
  MATVIEW_TRY(check_waiting(session, reference.profile));

  auto& workspace = session.workspace();
  if (session.dry_run()) {
    MATVIEW_ASSIGN(Plan plan, app::plan_create(workspace, reference.profile, request, session.control()));
    MATVIEW_TRY(session.print_plans({std::move(plan)}));
    return 0;
  }
  const app::FillOptions fill{!session.arguments().has("no-wait"), wait_options(session.arguments())};
  auto attending = session.attend([] { return "stopping; Ctrl-C again leaves at once"; });
  auto view = app::create(workspace, reference.profile, request, fill, session.control());
  attending.reset();
  session.finished(request.name);
  if (!view) return fail(std::move(view).error());
  return print_created(session, reference, request, *view);
}

}  // namespace

Command create_command() {
  CommandRow row{"create", "NAME", ValueKind::text, 1, 1, "define a view", "", {}};
  row.description =
      "NAME is its name, or PROFILE:NAME. The query is in the SQL of the provider: for 'local' a single SELECT "
      "of DuckDB, which is bound at once, so that a wrong column is an error now. Rows come with the first refresh, "
      "or at once with --with-data.\n\n"
      "With --replace the next refresh is a full one. Names of local views do not differ by case. Options of the "
      "local engine are told at length in matview-local(7), programs that make views in matview-udtf(7).";
  row.options = {
      {"query", '\0', "SQL", ValueKind::sql, "the SELECT that the view holds the rows of"},
      {"query-file", '\0', "FILE", ValueKind::file, "read the SELECT from FILE; '-' is stdin"},
      kind_option(),
      {"with-data", '\0', "", ValueKind::none, "fill it at once"},
      {"no-data", '\0', "", ValueKind::none, "only define it, which is the default where the backend has a choice"},
      {"if-not-exists", '\0', "", ValueKind::none, "leave a view of that name as it is"},
      {"replace", '\0', "", ValueKind::none, "change the definition of a view of that name"},
      {"tag", '\0', "TAG", ValueKind::tag, "a word to select the view by", true},
  };
  row.options.push_back({"no-wait", '\0', "", ValueKind::none, "do not wait until the backend has filled it"});
  row.options.push_back(cancel_on_timeout_option());
  row.operation = Operation::create;
  row.examples = {"matview create daily --query \"SELECT day, count(*) AS n FROM 'data/*.parquet' GROUP BY day\"",
                  "matview create daily --query-file daily.sql --with-data"};
  return {std::move(row), run, true, true};
}

}  // namespace matview::cli
