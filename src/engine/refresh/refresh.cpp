#include "engine/refresh/refresh.hpp"

#include <fmt/format.h>

#include <chrono>

#include "engine/duckdb/types.hpp"
#include "engine/refresh/difference.hpp"
#include "engine/refresh/program_refresh.hpp"
#include "engine/refresh/source_version.hpp"
#include "engine/refresh/write_rows.hpp"
#include "support/failpoint.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace {

// Up to so many rows old and new are compared, so that the job can say what changed and equal rows make no new version.
// Above it the comparison would cost more than a small part of the refresh.
constexpr std::int64_t k_compare_rows = 100'000;

/// Whether two lists have the same columns for the query, however those are stored.
bool same_query_columns(const std::vector<StoredColumn>& left, const std::vector<StoredColumn>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const StoredColumn& l, const StoredColumn& r) { return l.name == r.name && l.type == r.type; });
}

std::vector<Column> query_columns(const std::vector<StoredColumn>& stored) {
  std::vector<Column> columns;
  for (const auto& column : stored) columns.push_back({column.name, column.type});
  return columns;
}

/// The first difference between the columns a view was created with and those its query has now.
std::string column_difference(const std::vector<StoredColumn>& created, const std::vector<StoredColumn>& now) {
  for (std::size_t i = 0; i < created.size() && i < now.size(); ++i)
    if (created[i].name != now[i].name || created[i].type != now[i].type)
      return fmt::format("column {} was '{}' {} and is '{}' {}", i + 1, created[i].name, created[i].type, now[i].name,
                         now[i].type);
  return fmt::format("there were {} columns and are {}", created.size(), now.size());
}

Result<void> require_filled_upstream(const ViewDefinition& definition, const UpstreamLookup& upstream) {
  for (const auto& name : definition.depends_on) {
    MATVIEW_ASSIGN(const auto view, upstream(name));
    if (!view) return fail(ErrorCode::failed, fmt::format("the view '{}' it reads from is gone", name));
    if (view->version == 0)
      return fail(Error(ErrorCode::failed, fmt::format("the view '{}' it reads from was never filled", name))
                      .with_hint(fmt::format("refresh that one first, or all it needs: matview refresh '+{}'",
                                             definition.name)));
  }
  return {};
}

bool asks_to_stop(ErrorCode code) {
  return code == ErrorCode::interrupted || code == ErrorCode::terminated || code == ErrorCode::timeout;
}

/// The upstream views at this run's versions, or at the one that was asked for.
UpstreamLookup upstream_of(const EngineContext& context, const SourceVector& observed) {
  return context.program.source_version ? context.sources.upstream_at(observed) : context.sources.upstream();
}

Result<RefreshDecision> decide(const EngineContext& context, const ViewRecord& view) {
  MATVIEW_ASSIGN(auto decision, decide_refresh(context.store, context.sources, view, context.program));
  if (context.program.source_version)
    MATVIEW_TRY(read_source_version(decision, view.definition, *context.program.source_version));
  return decision;
}

/// One attempt to refresh one view whose lock is held.
class Attempt {
 public:
  Attempt(const EngineContext& context, ViewRecord view, Control& control)
      : context_(context), view_(std::move(view)), control_(control) {
    job_.id = support::uuid_v7(context.environment);
    job_.view = view_.definition.name;
    job_.started_at = job_.submitted_at = context.environment.now();
  }

  Result<Job> run(const RefreshRequest& request) {
    auto decision = decide(context_, view_);
    if (!decision) return conclude(fail(std::move(decision).error()));
    if (decision->action == RefreshDecision::Action::no_data && (request.full || request.force)) {
      decision->action = RefreshDecision::Action::full;
      decision->reason = request.full ? "asked for with --full" : "asked for with --force";
    }
    job_.mode = to_string(decision->action);
    job_.reason = decision->reason;
    if (decision->action == RefreshDecision::Action::no_data) return conclude(unchanged());

    full_ = request.full;
    job_.state = JobState::running;
    MATVIEW_TRY(context_.store.record_job(view_.view_id, job_));
    MATVIEW_TRY(support::failpoint("refresh.after_start"));
    auto result = compute(*decision);
    if (committed_) return result;
    return conclude(std::move(result));
  }

 private:
  Job unchanged() {
    job_.state = JobState::succeeded;
    job_.version = view_.current->version;
    job_.rows_total = view_.current->rows;
    job_.rows_added = job_.rows_removed = 0;
    return job_;
  }

  /// Puts the end of the attempt on record; the error, if there is one, is returned whatever becomes of the record.
  Result<Job> conclude(Result<Job> result) {
    finish();
    if (!result) {
      job_.state = asks_to_stop(result.error().code) ? JobState::cancelled : JobState::failed;
      job_.error = result.error();
    }
    if (auto recorded = context_.store.record_job(view_.view_id, job_); !recorded) {
      if (result) return fail(std::move(recorded).error());
      control_.observer.warning(fmt::format("the failed job could not be recorded: {}", recorded.error().message));
    }
    if (!result) return result;
    return job_;
  }

  void finish() {
    job_.finished_at = context_.environment.now();
    job_.elapsed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin_);
  }

  Result<Job> compute(const RefreshDecision& decision) {
    const auto& definition = view_.definition;
    const auto upstream = upstream_of(context_, decision.observed);
    MATVIEW_TRY(require_filled_upstream(definition, upstream));
    MATVIEW_ASSIGN(const auto opened, open_database(context_, definition.time_zone, row_order(definition)));
    auto& database = *opened.database;
    MATVIEW_TRY(require_files(definition, decision.observed));
    MATVIEW_ASSIGN(const auto query, build_query(database, definition, decision.observed, upstream));
    for (const auto& statement : query.setup) MATVIEW_TRY(database.execute(statement));
    if (!definition.program.empty()) return refresh_by_program(opened, {view_, decision, query.sql, full_});
    MATVIEW_TRY(check_columns(database, query.sql));

    MATVIEW_ASSIGN(const auto directory, context_.store.data_directory(view_.view_id));
    UncommittedFile file(directory / fmt::format("matview-{}.parquet", support::uuid_v7(context_.environment)));
    auto columns = storage();
    auto written = write(database, query.sql, columns, file);
    if (!written && is_hugeint_overflow(written.error())) {
      // A HUGEINT beyond 38 digits: as text it is exact. From here on this view stores it so.
      MATVIEW_ASSIGN(columns, storage_columns(query_columns(columns), HugeintAs::text));
      written = write(database, query.sql, columns, file);
    }
    if (!written) return fail(std::move(written).error());

    job_.rows_total = written->rows;
    MATVIEW_ASSIGN(const bool changed, compare(database, *written, columns, file.path(), decision));
    if (!changed) return keep_version(decision.observed);
    return commit(decision, std::move(columns), *written, file);
  }

  Result<Job> refresh_by_program(const OperationDatabase& opened, const ProgramRequest& request) {
    MATVIEW_ASSIGN(const auto data_directory, context_.store.data_directory(view_.view_id));
    MATVIEW_ASSIGN(const auto state_directory, context_.store.state_directory(view_.view_id));
    UncommittedFiles data(data_directory, context_.environment);
    UncommittedFiles state(state_directory, context_.environment);
    MATVIEW_ASSIGN(auto change, compute_program_change(context_, opened, request, data, state, job_, control_));
    const bool has_rows = !change.files.empty() || !change.deletes.empty();
    auto commit = new_commit(request.decision);
    commit.columns = std::move(change.columns);
    commit.field_ids = std::move(change.field_ids);
    commit.replaces = change.replaces;
    commit.files = std::move(change.files);
    commit.deletes = std::move(change.deletes);
    commit.state = std::move(change.state);
    return publish(commit, [&] {
      if (has_rows) data.release();
      state.release();
    });
  }

  Result<void> check_columns(Database& database, const std::string& sql) {
    MATVIEW_ASSIGN(const auto described, database.describe(sql));
    MATVIEW_ASSIGN(const auto columns, storage_columns(described));
    if (same_query_columns(view_.definition.columns, columns)) return {};
    return fail(Error(ErrorCode::failed, "its columns are no longer those it was created with: " +
                                             column_difference(view_.definition.columns, columns))
                    .with_hint("create it again with --replace to take the new columns"));
  }

  /// How the columns are stored: as in the current version, if those are still the query's.
  std::vector<StoredColumn> storage() const {
    if (view_.current && same_query_columns(view_.current->columns, view_.definition.columns))
      return view_.current->columns;
    return view_.definition.columns;
  }

  Result<NewDataFile> write(Database& database, const std::string& sql, const std::vector<StoredColumn>& columns,
                            const UncommittedFile& file) {
    MATVIEW_ASSIGN(field_ids_, context_.store.field_ids(view_.view_id, columns));
    return write_rows(database, encode_sql(sql, columns), field_ids_sql(field_ids_), file.path(), control_,
                      view_.definition.name);
  }

  /// Whether the new rows make a new version. Fills in how many were added and removed where that is cheap to tell.
  Result<bool> compare(Database& database, const NewDataFile& written, const std::vector<StoredColumn>& columns,
                       const std::filesystem::path& path, const RefreshDecision& decision) {
    if (!view_.current) {
      job_.rows_added = written.rows;
      job_.rows_removed = 0;
      return true;
    }
    if (view_.current->columns != columns) return true;
    if (std::max(written.rows, view_.current->rows) > k_compare_rows) return true;
    const auto old = context_.store.pin(view_.definition.name, view_.current->version);
    if (!old) return true;  // old rows that cannot be read are replaced without a look at them
    const auto new_rows =
        decode_sql(fmt::format("read_parquet({}, hive_partitioning = false)", quote_literal(path.string())), columns);
    MATVIEW_ASSIGN(const auto difference,
                   exact_difference(database, new_rows, select_of(*old), control_, view_.definition.name));
    job_.rows_added = difference.only_left;
    job_.rows_removed = difference.only_right;
    const bool equal = difference.only_left == 0 && difference.only_right == 0;
    return !equal || decision.action == RefreshDecision::Action::reinitialized;
  }

  /// The rows came out as they were: only what was read is recorded anew.
  Result<Job> keep_version(const SourceVector& observed) {
    MATVIEW_TRY(context_.store.update_sources(view_.view_id, view_.current->version, observed));
    job_.state = JobState::succeeded;
    job_.version = view_.current->version;
    return job_;
  }

  Result<Job> commit(const RefreshDecision& decision, std::vector<StoredColumn> columns, const NewDataFile& written,
                     UncommittedFile& file) {
    auto commit = new_commit(decision);
    commit.columns = std::move(columns);
    commit.field_ids = std::move(field_ids_);
    if (written.rows > 0) commit.files = {written};
    return publish(commit, [&] {
      if (written.rows > 0) file.release();
    });
  }

  RefreshCommit new_commit(const RefreshDecision& decision) {
    finish();
    job_.state = JobState::succeeded;
    RefreshCommit commit;
    commit.view_id = view_.view_id;
    commit.definition_version = view_.definition_version;
    if (view_.current) commit.base_version = view_.current->version;
    commit.sources = decision.observed;
    commit.fingerprint = decision.fingerprint;
    commit.job = job_;
    return commit;
  }

  /// `release` lets the new files stay.
  template <typename Release>
  Result<Job> publish(const RefreshCommit& commit, Release release) {
    MATVIEW_TRY(support::failpoint("refresh.before_commit"));
    auto version = context_.store.commit_refresh(commit);
    if (!version) version = look_for_commit(std::move(version).error(), release);
    if (!version) return fail(std::move(version).error());
    release();
    committed_ = true;
    context_.sources.forget_view(view_.definition.name);
    job_.version = version->version;
    return job_;
  }

  /// A commit can fail after the catalog has it: then the files are the catalog's and must stay. Where not even that
  /// can be told the files stay too, as orphans that `gc` finds.
  template <typename Release>
  Result<VersionRecord> look_for_commit(Error error, Release release) {
    const auto view = context_.store.find_view(view_.definition.name);
    if (!view) release();
    if (!view || !*view || !(*view)->current || (*view)->current->job_id != job_.id) return fail(std::move(error));
    return *(*view)->current;
  }

  const EngineContext& context_;
  ViewRecord view_;
  Control& control_;
  Job job_;
  std::vector<FieldId> field_ids_;  ///< of the columns last written
  bool full_ = false;               ///< asked for
  bool committed_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

Result<ViewRecord> require_view(Store& store, const std::string& name) {
  MATVIEW_ASSIGN(auto view, store.find_view(name));
  if (!view) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
  return *std::move(view);
}

}  // namespace

Result<OperationDatabase> open_database(const EngineContext& context, const std::string& time_zone, RowOrder order) {
  OperationDatabase opened;
  auto options = context.database;
  options.time_zone = time_zone;
  options.preserve_order = order == RowOrder::kept;
  // A store that cannot be written has no place to spill to either; its views can be read all the same.
  if (auto directory = context.store.temporary_directory()) {
    opened.temporary_directory = *std::move(directory);
    options.temporary_directory = *opened.temporary_directory;
  }
  MATVIEW_ASSIGN(opened.database, Database::open(options));
  return opened;
}

Result<Job> refresh_view(const EngineContext& context, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto found, require_view(context.store, request.name));
  MATVIEW_ASSIGN(const auto lock, context.store.lock_view(found.view_id));
  // Only now nobody else changes it: what was read before the lock may be out of date.
  MATVIEW_ASSIGN(auto view, require_view(context.store, request.name));
  return Attempt(context, std::move(view), control).run(request);
}

Result<Plan> plan_refresh(const EngineContext& context, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto view, require_view(context.store, request.name));
  MATVIEW_ASSIGN(const auto decision, decide(context, view));
  Plan plan;
  plan.operation = "refresh";
  plan.view = request.name;
  plan.mode = to_string(decision.action);
  plan.reason = decision.reason;
  if (decision.action == RefreshDecision::Action::no_data) {
    if (!request.full && !request.force) return plan;
    plan.mode = to_string(RefreshDecision::Action::full);
    plan.reason = request.full ? "asked for with --full" : "asked for with --force";
  }
  MATVIEW_TRY(require_files(view.definition, decision.observed));
  MATVIEW_ASSIGN(const auto opened, open_database(context, view.definition.time_zone, RowOrder::any));
  MATVIEW_ASSIGN(const auto query, build_query(*opened.database, view.definition, decision.observed,
                                               upstream_of(context, decision.observed)));
  for (const auto& statement : query.setup) plan.sql += statement + ";\n";
  plan.sql += query.sql;
  return plan;
}

}  // namespace matview::engine
