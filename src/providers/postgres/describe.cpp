#include "providers/postgres/describe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/postgres/postgres_provider.hpp"
#include "providers/postgres/records.hpp"
#include "providers/postgres/sql.hpp"
#include "providers/remote/fields.hpp"
#include "support/json.hpp"

namespace matview::providers::postgres {

namespace {

// Of one view no more are needed to find the last success.
constexpr std::int64_t k_records = 100;

std::string note_key(std::int64_t oid) { return fmt::format("query of {}", oid); }

/// The query as it was written, if the server still has what it made of it then.
std::string written_query(const Database& database, const StoredView& stored) {
  auto* log = database.context().job_log;
  const auto note = log == nullptr ? std::nullopt : log->recall(database.context().profile, note_key(stored.oid));
  const auto kept = note ? support::parse_json(*note) : fail(ErrorCode::not_found, "");
  if (!kept || remote::text(*kept, "stored") != stored.query) return stored.query;
  return remote::text(*kept, "written");
}

/// The query as the server writes it. A view of the session tells; the transaction leaves nothing of it.
Result<std::string> server_form(Connection& connection, const std::string& query, Control& control) {
  MATVIEW_ASSIGN(const auto transaction, Transaction::begin(connection, "", control));
  MATVIEW_TRY(connection.run(fmt::format("CREATE TEMP VIEW __matview_form AS\n{}\n", query), {}, control));
  MATVIEW_ASSIGN(const auto rows,
                 connection.run("SELECT pg_catalog.pg_get_viewdef('pg_temp.__matview_form'::regclass)", {}, control));
  return rows.text(0);
}

bool is_fault(const Job& job) {
  const bool refused = job.error && (job.error->code == ErrorCode::conflict || job.error->code == ErrorCode::locked);
  return job.state == JobState::failed && !refused;
}

Result<View> complete(const Database& database, const StoredView& stored, const Catalog& catalog) {
  MATVIEW_ASSIGN(const auto records, records_of(database.context(), stored.shown, stored.oid, k_records));
  View view = to_view(stored, catalog, records);
  view.profile = database.context().profile;
  view.definition = written_query(database, stored);
  return view;
}

}  // namespace

View to_view(const StoredView& stored, const Catalog& catalog, const std::vector<JobRecord>& records) {
  View view;
  view.name = stored.shown;
  view.provider = info().name;
  view.freshness = stored.populated ? Freshness::unknown : Freshness::empty;
  view.bytes = stored.populated ? stored.bytes : std::nullopt;
  view.definition = stored.query;
  view.columns = stored.columns;
  view.sources = sources_of(catalog, stored.oid);
  view.depends_on = upstream_of(catalog, stored.oid);
  view.downstream = downstream_of(catalog, stored.oid);
  const auto why_not = stored.why_not_concurrently();
  view.refresh_mode = why_not.empty() ? "concurrently" : "plain";
  view.refresh_reason = why_not.empty() ? "a unique index allows it" : why_not;
  if (!records.empty()) view.last_job = records.front().job;
  for (const auto& record : records)
    if (stored.populated && record.job.state == JobState::succeeded && !view.refreshed_at)
      view.refreshed_at = record.job.finished_at;
  if (view.last_job && is_fault(*view.last_job)) view.state = ViewState::error;
  if (!stored.running.is_null()) view.state = ViewState::refreshing;

  view.native.set("oid", stored.oid);
  view.native.set("schema", stored.name.schema);
  view.native.set("owner", stored.owner);
  view.native.set("populated", stored.populated);
  view.native.set("estimated_rows", stored.estimated_rows ? Value(*stored.estimated_rows) : Value());
  view.native.set("tablespace", stored.tablespace.empty() ? Value() : Value(stored.tablespace));
  view.native.set("comment", stored.comment.empty() ? Value() : Value(stored.comment));
  view.native.set("indexes", stored.indexes.is_null() ? Value::array() : stored.indexes);
  view.native.set("running", stored.running);
  return view;
}

Result<std::vector<View>> list(const Database& database, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto catalog, read_catalog(*connection, std::nullopt, control));
  std::vector<View> views;
  for (const auto& stored : catalog.views) {
    MATVIEW_ASSIGN(auto view, complete(database, stored, catalog));
    views.push_back(std::move(view));
  }
  return views;
}

Result<View> describe(const Database& database, const std::string& name, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto stored, find_view(*connection, name, control));
  MATVIEW_ASSIGN(const auto catalog, read_catalog(*connection, stored.name, control));
  return complete(database, stored, catalog);
}

Result<CreateRequest> definition(const Database& database, const std::string& name, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto stored, find_view(*connection, name, control));
  if (stored.query.empty())
    return fail(
        Error(ErrorCode::locked, fmt::format("the definition of '{}' cannot be read while it is refreshed", name))
            .with_retryable());
  CreateRequest request;
  request.name = stored.shown;
  request.query = written_query(database, stored);
  if (!stored.tablespace.empty()) request.options["tablespace"] = {stored.tablespace};
  return request;
}

Result<CreateRequest> redefined(const Database& database, const CreateRequest& wanted, const CreateRequest& told,
                                Control& control) {
  CreateRequest request = told;
  request.kind = wanted.kind;
  request.tags = wanted.tags;
  if (const auto place = wanted.options.find("tablespace"); place != wanted.options.end())
    request.options.insert_or_assign("tablespace", place->second);
  const auto query = trimmed_query(wanted.query);
  if (query.empty() || query == trimmed_query(told.query)) return request;
  request.query = wanted.query;
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto stored, find_view(*connection, told.name, control));
  // One that cannot be read differs from what could; why it cannot shows when it is applied.
  const auto form = server_form(*connection, query, control);
  if (form && trimmed_query(*form) == trimmed_query(stored.query)) request.query = told.query;
  return request;
}

void remember_query(const Database& database, const StoredView& stored, const std::string& written) {
  auto* log = database.context().job_log;
  if (log == nullptr || stored.query.empty()) return;
  log->remember(database.context().profile, note_key(stored.oid),
                support::to_json(Value::Object{{"stored", stored.query}, {"written", written}}));
}

}  // namespace matview::providers::postgres
