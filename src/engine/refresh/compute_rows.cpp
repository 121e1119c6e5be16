#include "engine/refresh/compute_rows.hpp"

#include <algorithm>

#include "engine/duckdb/types.hpp"
#include "engine/ivm/maintenance.hpp"
#include "engine/ivm/tree.hpp"
#include "engine/refresh/apply_change.hpp"
#include "engine/refresh/block_state.hpp"
#include "engine/refresh/compare_rows.hpp"
#include "engine/refresh/source_version.hpp"
#include "engine/refresh/stored_columns.hpp"
#include "engine/store/relation_sql.hpp"

namespace matview::engine {

namespace {

Writing writing_of(const Computation& own) {
  return {own.database, own.next.rows(), own.next.state(), own.control, own.view.definition.name};
}

Value techniques_of(const ivm::Maintenance& maintenance, const SourceChanges& changes) {
  Value techniques = Value::array();
  if (std::any_of(changes.references.begin(), changes.references.end(),
                  [](const auto& reference) { return reference.appended; }))
    techniques.push("appended_rows");
  for (const auto& technique : maintenance.techniques()) techniques.push(technique);
  return techniques;
}

/// How the columns are stored: as in the current version, if those are still the query's.
std::vector<StoredColumn> storage_of(const ViewRecord& view) {
  if (view.current && same_query_columns(view.current->columns, view.definition.columns)) return view.current->columns;
  return view.definition.columns;
}

/// Writes the plan's state, and says from which SQL all rows come.
Result<std::string> write_state(const Computation& own, const RefreshDecision& decision, const SourceReads& reads,
                                std::string sql, RefreshCommit& commit) {
  const auto& [context, view, plan, database, next, job, control] = own;
  if (!plan.is_incremental()) return sql;
  MATVIEW_ASSIGN(const auto changes, reference_changes(database, view.definition, decision.observed, decision.observed,
                                                       {}, context.store.root(), context.sources, reads));
  for (const auto& statement : changes.clocks) MATVIEW_TRY(database.execute(statement));
  auto writing = writing_of(own);
  MATVIEW_ASSIGN(auto over_state, write_initial_state(writing, plan, changes, commit.state));
  if (bytes_of_file_partials(plan, commit.state) > context.keep_sources_limit)
    return fail(ivm::refusal(k_too_much_traced, "what each file gives is too much to be kept by itself"));
  if (over_state.empty()) return sql;
  // The plan tells some columns as they are stored.
  return decode_sql("(" + over_state + ")", coarse_columns(view.definition.columns));
}

Result<NewDataFile> write_all(const Computation& own, const std::string& sql, RefreshCommit& commit) {
  const auto write = [&]() -> Result<NewDataFile> {
    MATVIEW_ASSIGN(commit.field_ids, own.context.store.field_ids(own.view.view_id, commit.columns));
    return write_rows(own.database, encode_sql(sql, commit.columns), field_ids_sql(commit.field_ids),
                      own.next.rows().add(), own.control, own.view.definition.name);
  };
  commit.columns = storage_of(own.view);
  auto written = write();
  if (written || !is_hugeint_overflow(written.error())) return written;
  // A HUGEINT beyond 38 digits: as text it is exact. From here on this view stores it so.
  MATVIEW_ASSIGN(commit.columns, storage_columns(query_columns(commit.columns), HugeintAs::text));
  return write();
}

}  // namespace

Result<RefreshCommit> compute_change(const Computation& own, const SourceChanges& changes) {
  const auto& [context, view, plan, database, next, job, control] = own;
  for (const auto* statements : {&changes.setup, &changes.clocks})
    for (const auto& statement : *statements) MATVIEW_TRY(database.execute(statement));
  MATVIEW_ASSIGN(auto state, read_state(context.store, view.view_id));
  MATVIEW_ASSIGN(const auto current, context.store.pin(view.definition.name, view.current->version));
  if (plan.reads_view())
    state[static_cast<std::int64_t>(plan.blocks.size()) - 1] = {current.version.columns, current.files};
  ivm::Maintenance maintenance(database, plan, changes, state, control, view.definition.name);
  MATVIEW_TRY(maintenance.run());

  auto writing = writing_of(own);
  RefreshCommit commit;
  commit.replaces = false;
  commit.keeps_state = true;
  commit.columns = view.current->columns;
  job.mode = to_string(RefreshDecision::Action::incremental);
  job.rows_added = job.rows_removed = 0;
  if (maintenance.changed_rows() > 0) {
    MATVIEW_ASSIGN(commit.field_ids, context.store.field_ids(view.view_id, commit.columns));
    MATVIEW_ASSIGN(auto applied, apply_rows(writing, current, compared_columns(commit.columns), commit.field_ids,
                                            maintenance.located_rows()));
    commit.files = std::move(applied.files);
    commit.deletes = std::move(applied.deletes);
    job.rows_added = applied.added;
    job.rows_removed = applied.removed;
  }
  for (const auto& [block, state_change] : maintenance.state_changes()) {
    MATVIEW_ASSIGN(commit.state[relation_of_block(block)], apply_state(writing, state_change, state[block]));
  }
  job.rows_total = view.current->rows + *job.rows_added - *job.rows_removed;
  job.native.set("code", "").set("techniques", techniques_of(maintenance, changes));
  return commit;
}

Result<RefreshCommit> compute_all(const Computation& own, const RefreshDecision& decision, const SourceReads& reads) {
  const auto& [context, view, plan, database, next, job, control] = own;
  MATVIEW_ASSIGN(const auto query,
                 build_query(database, view.definition, decision.observed, upstream_of(context, decision.observed)));
  for (const auto& statement : query.setup) MATVIEW_TRY(database.execute(statement));
  MATVIEW_TRY(require_columns(database, query.sql, view.definition.columns));

  RefreshCommit commit;
  MATVIEW_ASSIGN(const auto sql, write_state(own, decision, reads, query.sql, commit));
  MATVIEW_ASSIGN(auto written, write_all(own, sql, commit));
  job.rows_total = written.rows;
  DataFile file;
  file.path = (next.rows().directory() / written.path).string();
  const auto rows = rows_sql({file}, commit.columns);
  MATVIEW_ASSIGN(const bool equal,
                 rows_are_equal(context.store, database, view, {rows, written.rows, commit.columns}, job, control));
  commit.replaces = !equal || decision.action == RefreshDecision::Action::reinitialized;
  if (commit.replaces && written.rows > 0) commit.files = {std::move(written)};
  return commit;
}

}  // namespace matview::engine
