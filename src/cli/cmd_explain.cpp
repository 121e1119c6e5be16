#include "cli/cmd_explain.hpp"

#include "app/inspect.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

namespace {

Result<ExplainRequest> read_request(Session& session) {
  const Arguments& arguments = session.arguments();
  ExplainRequest request;
  MATVIEW_ASSIGN(auto sql, read_sql(session, arguments.value("query")));
  request.options = arguments.provider_options();
  if (sql.empty()) return request;
  CreateRequest definition;
  definition.query = std::move(sql);
  definition.options = request.options;
  request.definition = std::move(definition);
  return request;
}

Result<int> run(Session& session) {
  const auto& words = session.arguments().words();
  MATVIEW_ASSIGN(ExplainRequest request, read_request(session));
  if (request.definition && !words.empty())
    return fail(ErrorCode::usage, "a view and a query contradict each other: one of them is explained");
  if (!request.definition && words.empty())
    return fail(Error(ErrorCode::usage, "'explain' needs a view or a query")
                    .with_hint("usage: matview explain NAME, or matview explain --query SQL"));
  app::Reference reference;
  if (!words.empty()) {
    MATVIEW_ASSIGN(reference, app::parse_reference(words.front()));
  }
  request.name = reference.name;
  MATVIEW_TRY(session.workspace().require(reference.profile, Operation::explain));
  MATVIEW_TRY(check_provider_options(session, reference.profile, Operation::explain));
  MATVIEW_ASSIGN(const auto explanation,
                 app::explain(session.workspace(), reference.profile, request, session.control()));
  MATVIEW_TRY(output::print_explanation(session.out(), explanation, session.arguments().has("sql"), session.format(),
                                        session.style()));
  return 0;
}

}  // namespace

Command explain_command() {
  CommandRow row{"explain", "[NAME]", ValueKind::view, 0, 1, "tell how a view would be refreshed, and why", "", {}};
  row.description =
      "Of a view, how its next refresh would be done; of a query, how a view that held its rows would be. Tells the "
      "action (no_data, incremental, full, reinitialized) with its coded reason, what changed in the sources, what "
      "both ways are expected to take, and for each part of the query every technique that was considered, with a "
      "coded reason for those that are not taken ('matview help reasons', matview-local(7)). Nothing is changed, and "
      "no rows are read.";
  row.options = {
      {"query", '\0', "SQL", ValueKind::sql, "explain this SELECT, before anything is created"},
      {"query-file", '\0', "FILE", ValueKind::file, "read the SELECT from FILE; '-' is stdin"},
      {"sql", '\0', "", ValueKind::none, "show the SQL that computes the changes, as -o wide does"},
  };
  row.operation = Operation::explain;
  row.examples = {"matview explain daily",
                  "matview explain --query \"SELECT day, count(*) AS n FROM 'data/*.parquet' GROUP BY day\" --sql"};
  return {std::move(row), run};
}

}  // namespace matview::cli
