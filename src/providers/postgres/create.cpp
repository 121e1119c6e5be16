#include "providers/postgres/create.hpp"

#include <fmt/format.h>

#include <optional>

#include "providers/postgres/catalog.hpp"
#include "providers/postgres/describe.hpp"
#include "providers/postgres/postgres_provider.hpp"
#include "providers/postgres/records.hpp"
#include "providers/postgres/refresh.hpp"
#include "providers/remote/settings.hpp"
#include "providers/remote/submission.hpp"
#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

// What stands on a view and goes with it when it is dropped, as statements that make it again.
constexpr const char* k_belongings = R"(
SELECT pg_catalog.pg_get_indexdef(x.indexrelid) FROM pg_catalog.pg_index x WHERE x.indrelid = $1::oid
UNION ALL
SELECT format('GRANT %s ON %s TO %s%s', g.privilege_type, c.oid::regclass,
  CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END,
  CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_catalog.pg_class c, aclexplode(c.relacl) g WHERE c.oid = $1::oid AND g.grantee <> c.relowner
UNION ALL
SELECT format('COMMENT ON MATERIALIZED VIEW %s IS %L', c.oid::regclass, obj_description(c.oid, 'pg_class'))
FROM pg_catalog.pg_class c WHERE c.oid = $1::oid AND obj_description(c.oid, 'pg_class') IS NOT NULL
UNION ALL
SELECT format('ALTER MATERIALIZED VIEW %s OWNER TO %I', c.oid::regclass, pg_catalog.pg_get_userbyid(c.relowner))
FROM pg_catalog.pg_class c WHERE c.oid = $1::oid AND pg_catalog.pg_get_userbyid(c.relowner) <> current_user)";

Result<std::optional<StoredView>> existing(Connection& connection, const std::string& name, Control& control) {
  auto found = find_view(connection, name, control);
  if (found) return std::optional(*std::move(found));
  // A table of that name is the server's to refuse.
  if (found.error().code == ErrorCode::not_found) return std::optional<StoredView>();
  return fail(std::move(found).error());
}

Error taken(const StoredView& view) {
  return Error(ErrorCode::conflict, fmt::format("there is a view '{}' already", view.shown))
      .with_hint("--replace makes it anew, --if-not-exists leaves it as it is");
}

Result<void> check_readers(Connection& connection, const StoredView& view, Control& control) {
  MATVIEW_ASSIGN(const auto catalog, read_catalog(connection, view.name, control));
  const auto readers = readers_of(catalog, view.oid);
  if (readers.empty()) return {};
  return fail(Error(ErrorCode::conflict, fmt::format("view '{}' is read by {}, and replacing it takes dropping it",
                                                     view.shown, support::join(readers, ", ")))
                  .with_hint("drop those first"));
}

/// One that had rows is not left without.
bool fills(const CreateRequest& request, const StoredView& old) {
  return request.with_data || (old.populated && !request.no_data);
}

Result<std::vector<std::string>> replace_statements(Connection& connection, const Definition& definition,
                                                    const StoredView& old, bool with_data, Control& control) {
  std::vector<std::string> statements{drop_sql(definition.name), create_sql(definition, with_data)};
  MATVIEW_ASSIGN(const auto belongings, connection.run(k_belongings, {std::to_string(old.oid)}, control));
  for (const auto& row : belongings.rows) statements.push_back(row[0].value_or(""));
  if (!definition.unique_index.empty()) statements.push_back(unique_index_sql(definition));
  return statements;
}

/// In one transaction: whoever reads sees the old view or the new one.
Result<void> run_all(Connection& connection, const std::vector<std::string>& statements, Control& control) {
  MATVIEW_ASSIGN(auto transaction, Transaction::begin(connection, "", control));
  for (const auto& statement : statements) MATVIEW_TRY(connection.run(statement, {}, control));
  return transaction.commit(control);
}

/// A name that is taken by then is a conflict; whatever else is unknown stands in the query.
Error refused(Error error) {
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::usage;
  return error;
}

Result<View> replace(const Database& database, Connection& connection, const CreateRequest& request,
                     const Definition& definition, const StoredView& old, Control& control) {
  MATVIEW_TRY(check_readers(connection, old, control));
  const bool with_data = fills(request, old);
  MATVIEW_ASSIGN(const auto statements, replace_statements(connection, definition, old, with_data, control));
  const auto& context = database.context();
  const Time started = context.environment.now();
  auto done = run_all(connection, statements, control);
  if (!done) return fail(refused(std::move(done).error()));
  MATVIEW_ASSIGN(const auto stored, find_view(connection, request.name, control));
  remember_query(database, stored, request.query);
  if (with_data) {
    auto submission =
        remote::Submission::begin(context, info(), "create", stored.shown, to_value(Clue{stored.oid, "", ""}), control);
    Job job;
    job.state = JobState::succeeded;
    job.mode = "full";
    job.reason = "made anew by --replace";
    job.started_at = job.submitted_at = started;
    job.finished_at = context.environment.now();
    job.elapsed = *job.finished_at - started;
    submission.accepted(std::move(job), control);
  }
  return describe(database, request.name, control);
}

}  // namespace

Result<Definition> read_definition(const CreateRequest& request) {
  if (request.kind != "query")
    return fail(ErrorCode::unsupported, fmt::format("PostgreSQL has no views of kind '{}'", request.kind));
  if (!request.tags.empty()) return fail(ErrorCode::unsupported, "PostgreSQL has nothing to keep tags in");
  Definition definition;
  MATVIEW_ASSIGN(definition.name, parse_name(request.name));
  definition.query = trimmed_query(request.query);
  if (definition.query.empty())
    return fail(Error(ErrorCode::usage, fmt::format("view '{}' needs a query", request.name))
                    .with_hint("give it with --query or --query-file"));
  if (const auto* tablespace = remote::option(request.options, "tablespace")) definition.tablespace = *tablespace;
  if (const auto* method = remote::option(request.options, "using")) definition.access_method = *method;
  if (const auto storage = request.options.find("storage"); storage != request.options.end())
    for (const auto& text : storage->second) {
      MATVIEW_ASSIGN(auto parameter, storage_parameter(text));
      definition.storage.push_back(std::move(parameter));
    }
  if (const auto* columns = remote::option(request.options, "unique-index")) {
    std::string_view rest = *columns;
    while (true) {
      const auto comma = rest.find(',');
      if (rest.substr(0, comma).empty()) return fail(ErrorCode::usage, "--unique-index: the name of a column is empty");
      definition.unique_index.emplace_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return definition;
}

Result<View> create(const Database& database, const CreateRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto definition, read_definition(request));
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto old, existing(*connection, request.name, control));
  if (old && request.if_not_exists) return describe(database, request.name, control);
  if (old && !request.replace) return fail(taken(*old));
  if (old) return replace(database, *connection, request, definition, *old, control);

  std::vector<std::string> statements{create_sql(definition, false)};
  if (!definition.unique_index.empty()) statements.push_back(unique_index_sql(definition));
  auto made = run_all(*connection, statements, control);
  if (!made) return fail(refused(std::move(made).error()));
  MATVIEW_ASSIGN(const auto stored, find_view(*connection, request.name, control));
  remember_query(database, stored, request.query);
  // Filled by a statement of its own: if that fails the definition stays.
  if (request.with_data) MATVIEW_TRY(refresh(database, *connection, stored, {request.name, false, false, {}}, control));
  return describe(database, request.name, control);
}

Result<Plan> plan_create(const Database& database, const CreateRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto definition, read_definition(request));
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto old, existing(*connection, request.name, control));
  Plan plan;
  plan.operation = "create";
  plan.view = request.name;
  if (old && request.if_not_exists) {
    plan.reason = "exists already";
    return plan;
  }
  if (old && !request.replace) return fail(taken(*old));
  std::vector<std::string> statements;
  if (old) {
    MATVIEW_TRY(check_readers(*connection, *old, control));
    const bool with_data = fills(request, *old);
    plan.mode = with_data ? "full" : "";
    plan.reason = "makes the view of that name anew, with its indexes, grants, comment and owner";
    MATVIEW_ASSIGN(statements, replace_statements(*connection, definition, *old, with_data, control));
    statements.insert(statements.begin(), "BEGIN");
    statements.emplace_back("COMMIT");
  } else {
    plan.mode = request.with_data ? "full" : "";
    plan.reason = "new view";
    statements.push_back(create_sql(definition, false));
    if (!definition.unique_index.empty()) statements.push_back(unique_index_sql(definition));
    if (request.with_data) statements.push_back(refresh_sql(definition.name, false));
  }
  plan.sql = support::join(statements, ";\n");
  return plan;
}

}  // namespace matview::providers::postgres
