#include "providers/postgres/describe.hpp"

#include "providers/postgres/definition.hpp"
#include "providers/postgres/postgres_provider.hpp"
#include "providers/postgres/records.hpp"
#include "support/members.hpp"

namespace matview::providers::postgres {

namespace {

// Of one view no more are needed to find the last success.
constexpr std::int64_t k_records = 100;

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
  view.native.set("tablespace", support::text_or_null(stored.tablespace));
  view.native.set("comment", support::text_or_null(stored.comment));
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

}  // namespace matview::providers::postgres
