#include "cli/cmd_query.hpp"

#include "app/inspect.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

namespace {

Result<int> run(Session& session) {
  const Arguments& arguments = session.arguments();
  const auto& words = arguments.words();
  QueryRequest request;
  MATVIEW_ASSIGN(request.sql,
                 read_sql(session, words.empty() ? std::nullopt : std::optional<std::string>(words.front())));
  if (request.sql.empty())
    return fail(Error(ErrorCode::usage, "'query' needs SQL").with_hint("usage: matview query SQL"));
  request.version = arguments.number("version");
  request.json = output::is_json(session.format());
  request.options = arguments.provider_options();
  MATVIEW_TRY(check_provider_options(session, "", Operation::query));
  MATVIEW_ASSIGN(const auto rows, app::query(session.workspace(), "", request, session.control()));
  MATVIEW_TRY(output::print_rows(session.out(), *rows, session.format(), session.style()));
  return 0;
}

}  // namespace

Command query_command() {
  CommandRow row{"query", "SQL", ValueKind::sql, 0, 1, "read views as tables", "", {}};
  row.description =
      "Runs one SELECT over the stored rows of the views, each a table of its name. It reads one version of each, "
      "whatever is refreshed meanwhile.";
  row.options = {{"query-file", '\0', "FILE", ValueKind::file, "read the SQL from FILE; '-' is stdin"},
                 {"version", '\0', "N", ValueKind::number, "read this version of the one view in the query"}};
  row.operation = Operation::query;
  row.examples = {"matview query 'SELECT * FROM daily ORDER BY day' -o csv", "matview query 'FROM daily' --version 3"};
  return {std::move(row), run};
}

}  // namespace matview::cli
