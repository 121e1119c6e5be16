#include "engine/refresh/refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "engine/duckdb/types.hpp"
#include "engine/ivm/make_plan.hpp"
#include "engine/ivm/tree.hpp"
#include "engine/refresh/admission.hpp"
#include "engine/refresh/compute_rows.hpp"
#include "engine/refresh/cost.hpp"
#include "engine/refresh/keep_sources.hpp"
#include "engine/refresh/new_version.hpp"
#include "engine/refresh/operation_database.hpp"
#include "engine/refresh/program_refresh.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "engine/refresh/source_report.hpp"
#include "engine/refresh/source_version.hpp"
#include "engine/refresh/stored_columns.hpp"
#include "engine/refresh/view_plan.hpp"
#include "engine/refresh/weigh.hpp"
#include "engine/sources/changes.hpp"
#include "engine/sources/clock.hpp"
#include "engine/sources/retained.hpp"
#include "engine/store/suspension.hpp"
#include "support/failpoint.hpp"
#include "support/time_text.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace {

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
    if (request.unattended) job_.native.set(k_unattended, true);
    auto decision = decide(context_, view_);
    if (!decision) return conclude(fail(std::move(decision).error()));
    if (decision->action == RefreshDecision::Action::no_data && (request.full || request.force))
      decision->action = RefreshDecision::Action::full;
    if (decision->action == RefreshDecision::Action::full && (request.full || request.force) && view_.current) {
      if (request.full || decision->changes.empty()) decision->code = "USER_SPECIFIED_FULL";
    }
    fingerprint_ = decision->fingerprint;
    job_.mode = to_string(decision->action);
    job_.reason = decision->reason;
    job_.native.set("code", decision->code);
    if (const auto time = clock_time(decision->observed)) job_.native.set("as_of", support::format_rfc3339(*time));
    if (decision->action == RefreshDecision::Action::no_data)
      return decision->restated ? restate(*decision) : conclude(unchanged());
    if (request.full) {
      job_.reason = "asked for with --full";
    } else if (decision->changes.empty() && request.force) {
      job_.reason = "asked for with --force";
    }

    opening_ = open_database_ahead(context_, needs_of(*decision));
    job_.state = JobState::running;
    MATVIEW_TRY(context_.store.record_job(view_.view_id, job_));
    MATVIEW_TRY(support::failpoint("refresh.after_start"));
    auto result = compute(*decision, request);
    if (committed_) return result;
    return conclude(std::move(result));
  }

 private:
  Job unchanged() {
    job_.state = JobState::succeeded;
    job_.version = view_.current->version;
    context_.sources.note_version(view_.definition.name, view_.current->version);
    job_.rows_total = view_.current->rows;
    job_.rows_added = job_.rows_removed = 0;
    return job_;
  }

  /// Files were touched, written alike or renamed: they are put on record as they are now, so that the next look need
  /// not compare their content again.
  Result<Job> restate(RefreshDecision& decision) {
    const auto record = [&]() -> Result<Job> {
      MATVIEW_ASSIGN(const auto text, context_.store.plan(view_.view_id));
      const auto plan = ivm::plan_from_json(text);
      const auto compared = decision.observed;
      MATVIEW_TRY(keep(decision, plan));
      unchanged();
      // What was compared counts; what came since is for the next refresh.
      if (!same_files(compared, kept_->sources()) || !kept_->confirm().empty()) return job_;
      MATVIEW_ASSIGN(auto next, NewVersion::begin(context_, view_.view_id));
      RefreshCommit commit;
      commit.replaces = false;
      commit.keeps_state = true;
      commit.columns = view_.current->columns;
      return publish(std::move(commit), next);
    };
    auto result = record();
    if (committed_) return result;
    return conclude(std::move(result));
  }

  /// The one that was opened ahead, or where that was used another one.
  Result<OperationDatabase> database() {
    if (auto unused = std::exchange(unused_, nullptr)) return std::move(*unused);
    if (opening_.valid()) return opening_.get();
    return open_database(context_, database_needs(view_.definition));
  }

  DatabaseNeeds needs_of(const RefreshDecision& decision) const {
    const auto size = full_cost_features(view_, decision.observed, context_.sources.upstream());
    auto needs = database_needs(view_.definition);
    if (size) needs.source_bytes = size->source_bytes;
    return needs;
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
    if (features_ && learns_) record_cost(job_, *features_, prediction_);
  }

  /// The change if it can be computed and pays, else everything.
  Result<Job> compute(RefreshDecision& decision, const RefreshRequest& request) {
    const auto& definition = view_.definition;
    MATVIEW_TRY(require_filled_upstream(definition, upstream_of(context_, decision.observed)));
    MATVIEW_TRY(require_files(definition, decision.observed));
    if (!definition.program.empty()) return refresh_by_program(decision, request);
    if (context_.program.source_version) {
      const ivm::Plan none{{}, "USER_SPECIFIED_FULL", "another version of its source was asked for"};
      MATVIEW_TRY(keep(decision, none));
      return recompute(decision, none);
    }
    MATVIEW_ASSIGN(const auto stored, plan_of_view(context_, view_));
    const auto& plan = stored.plan;
    if (stored.is_new) MATVIEW_TRY(context_.store.set_plan(view_.view_id, ivm::to_json(plan)));
    MATVIEW_TRY(keep(decision, plan));
    const bool can_go_on =
        decision.action == RefreshDecision::Action::full && view_.current && !decision.changes.empty() && !request.full;
    if (can_go_on) {
      auto result = stored.is_new && plan.is_incremental()
                        ? Result<Job>(fail(ivm::refusal("STATE_MISMATCH", std::string(k_plan_is_new))))
                        : change(decision, plan);
      if (!result) {
        auto refusal = refusal_of(result.error());
        if (refusal.detail == "CHANGE_FAILED" && definition.refresh_mode == "strict") {
          // It is not the mode that stands in the way. The source may be wrong, or only the change too much for DuckDB.
          job_.native.set("code", refusal.detail);
          if (result.error().hint.empty())
            result.error().hint = fmt::format("matview refresh '{}' --full may do without it", definition.name);
          return result;
        }
        result = fail(std::move(refusal));
      }
      if (result || !ivm::is_refusal(result.error())) return result;
      decision.code = result.error().detail;
      job_.native.set("code", decision.code).set("code_reason", result.error().message);
      MATVIEW_TRY(allow_full(definition, decision.code, result.error().message));
      give_up_change(decision.code);
      if (!kept_->confirm().empty()) MATVIEW_TRY(keep(decision, plan));
    }
    auto result = recompute(decision, plan);
    if (result || result.error().detail != k_too_much_traced) return result;
    MATVIEW_ASSIGN(const auto untraced, ivm::make_plan(definition, context_.sources.upstream(), ivm::Tracing::never));
    MATVIEW_TRY(context_.store.set_plan(view_.view_id, ivm::to_json(untraced)));
    MATVIEW_TRY(keep(decision, untraced));
    return recompute(decision, untraced);
  }

  /// What goes wrong with a change may go well with everything. If it does not, the error that is told then is of the
  /// query as it was written.
  Error refusal_of(Error error) const {
    if (is_hugeint_overflow(error))
      return ivm::refusal("STATE_MISMATCH", "a number of 39 digits needs another form than the rows there are");
    const bool failed = error.code == ErrorCode::failed || error.code == ErrorCode::internal;
    return failed && !publishing_ ? ivm::refusal("CHANGE_FAILED", error.message) : error;
  }

  /// What was tried in vain is no part of what a full refresh costs, nor of what it did.
  void give_up_change(const std::string& code) {
    job_.rows_added = job_.rows_removed = std::nullopt;
    if (code == "COST_FULL_CHEAPER") return;
    learns_ = !features_;
    features_.reset();
    prediction_.reset();
  }

  Result<Job> refresh_by_program(RefreshDecision& decision, const RefreshRequest& request) {
    const auto& definition = view_.definition;
    const auto none = ivm::plan_from_json({});
    MATVIEW_TRY(keep(decision, none));
    MATVIEW_ASSIGN(const auto opened, this->database());
    MATVIEW_ASSIGN(const auto query, build_query(*opened.database, definition, decision.observed,
                                                 upstream_of(context_, decision.observed)));
    for (const auto& statement : query.setup) MATVIEW_TRY(opened.database->execute(statement));
    MATVIEW_ASSIGN(auto next, NewVersion::begin(context_, view_.view_id));
    const ProgramRequest run{view_, decision, query.sql, request.full};
    MATVIEW_ASSIGN(auto commit,
                   compute_program_change(context_, opened, run, next.rows(), next.state(), job_, control_));
    return publish(std::move(commit), next);
  }

  /// Keeps the sources that are read now for the next change.
  Result<void> keep(RefreshDecision& decision, const ivm::Plan& plan) {
    reads_ = ivm::source_reads(plan);
    MATVIEW_ASSIGN(auto kept, keep_sources(context_, view_, decision.recorded, decision.observed, reads_));
    kept_.emplace(std::move(kept));
    decision.observed = kept_->sources();
    return {};
  }

  /// Computes what changed and applies it to the rows there are. A refusal leaves everything as it was.
  Result<Job> change(const RefreshDecision& decision, const ivm::Plan& plan) {
    const auto& definition = view_.definition;
    if (!plan.is_incremental()) return fail(ivm::refusal(plan.code, plan.reason));
    if (!same_query_columns(view_.current->columns, definition.columns))
      return fail(ivm::refusal("DEFINITION_CHANGED", "the rows have other columns"));
    MATVIEW_ASSIGN(const auto glance, weigh_files(context_, view_, plan, decision.recorded, decision.observed));
    if (glance) MATVIEW_TRY(follow(*glance));
    MATVIEW_ASSIGN(auto opened, this->database());
    auto& database = *opened.database;
    MATVIEW_ASSIGN(const auto retained, context_.store.retained(view_.view_id));
    MATVIEW_ASSIGN(const auto changes, reference_changes(database, definition, decision.recorded, decision.observed,
                                                         retained, context_.store.root(), context_.sources, reads_));
    if (auto weighed = weigh(decision, plan, changes); !weighed) {
      unused_ = std::make_unique<OperationDatabase>(std::move(opened));
      return fail(std::move(weighed).error());
    }
    MATVIEW_ASSIGN(auto next, NewVersion::begin(context_, view_.view_id));
    MATVIEW_ASSIGN(auto commit, compute_change({context_, view_, plan, database, next, job_, control_}, changes));
    extract(database, decision);
    // Old and new rows of a file that changed while it was read do not fit together.
    if (const auto moved = kept_->confirm(); !moved.empty())
      return fail(ivm::refusal("SOURCE_HISTORY_MISSING", fmt::format("'{}' changed while it was read", moved.front())));
    return publish(std::move(commit), next);
  }

  /// `auto` goes on from the change only where that is expected to be quicker.
  Result<void> weigh(const RefreshDecision& decision, const ivm::Plan& plan, const SourceChanges& changes) {
    for (const auto& reference : changes.references)
      if (!reference.lost.empty()) return {};  // there is no choice, and the maintenance says why
    MATVIEW_ASSIGN(const auto weighing, weigh_change(context_, view_, plan, decision.observed, changes));
    return follow(weighing);
  }

  Result<void> follow(const Weighing& weighing) {
    features_ = weighing.features;
    prediction_ = weighing.prediction;
    if (weighing.incremental) return {};
    return fail(ivm::refusal("COST_FULL_CHEAPER", weighing.reason()));
  }

  /// Computes all rows, and the state that the next change goes on from.
  Result<Job> recompute(const RefreshDecision& decision, const ivm::Plan& plan) {
    job_.mode = to_string(decision.action);
    MATVIEW_ASSIGN(const auto opened, this->database());
    if (!features_) {
      MATVIEW_ASSIGN(features_, full_cost_features(view_, decision.observed, context_.sources.upstream()));
    }
    MATVIEW_ASSIGN(auto next, NewVersion::begin(context_, view_.view_id));
    MATVIEW_ASSIGN(auto commit,
                   compute_all({context_, view_, plan, *opened.database, next, job_, control_}, decision, reads_));
    extract(*opened.database, decision);
    return publish(std::move(commit), next);
  }

  /// Puts by what the next change needs of sources that cannot be kept whole.
  void extract(Database& database, const RefreshDecision& decision) {
    kept_->extract(database, view_.definition, reads_, upstream_of(context_, decision.observed),
                   context_.keep_sources_limit);
  }

  Result<Job> publish(RefreshCommit commit, NewVersion& next) {
    publishing_ = true;
    finish();
    job_.state = JobState::succeeded;
    commit.view_id = view_.view_id;
    commit.definition_version = view_.definition_version;
    if (view_.current) commit.base_version = view_.current->version;
    commit.fingerprint = fingerprint_;
    commit.job = job_;
    MATVIEW_ASSIGN(const auto version, next.commit(std::move(commit), *kept_));
    committed_ = true;
    context_.sources.note_version(view_.definition.name, version.version);
    job_.version = version.version;
    return job_;
  }

  const EngineContext& context_;
  ViewRecord view_;
  Control& control_;
  Job job_;
  SourceReads reads_;  ///< what the plan reads of them
  std::future<Result<OperationDatabase>> opening_;
  std::unique_ptr<OperationDatabase> unused_;  ///< open, and nothing made in it
  std::optional<KeptSources> kept_;            ///< what this attempt reads, once it is known that it reads
  std::string fingerprint_;                    ///< of what is computed
  bool publishing_ = false;
  bool committed_ = false;
  std::optional<CostFeatures> features_;  ///< once they are known
  std::optional<Prediction> prediction_;  ///< where there was a choice
  bool learns_ = true;                    ///< how long it took tells what it costs
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<Job> refresh_view(const EngineContext& context, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto found, require_view(context.store, request.name));
  MATVIEW_ASSIGN(const auto lock, wait_for_lock(context, found.view_id, request, control));
  // Only now nobody else changes it: what was read before the lock may be out of date.
  MATVIEW_ASSIGN(auto view, require_view(context.store, request.name));
  MATVIEW_TRY(bury_dead_job(context.store, view));
  MATVIEW_TRY(require_window(context, view, request));
  return Attempt(context, std::move(view), control).run(request);
}

}  // namespace matview::engine
