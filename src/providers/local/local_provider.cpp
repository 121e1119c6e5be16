#include "providers/local/local_provider.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "engine/duckdb/types.hpp"
#include "engine/ivm/make_plan.hpp"
#include "engine/refresh/admission.hpp"
#include "engine/refresh/cost.hpp"
#include "engine/refresh/explain.hpp"
#include "engine/refresh/fingerprint.hpp"
#include "engine/refresh/freshness.hpp"
#include "engine/refresh/reasons.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "engine/refresh/source_report.hpp"
#include "engine/refresh/verify.hpp"
#include "engine/schedule/window.hpp"
#include "engine/sources/clock.hpp"
#include "providers/local/definition.hpp"
#include "providers/local/options.hpp"
#include "providers/local/program_options.hpp"
#include "providers/local/query.hpp"
#include "providers/local/suggest_table.hpp"
#include "providers/local/tell_schedule.hpp"
#include "providers/local/to_view.hpp"

namespace matview::providers {

namespace {

using engine::EngineContext;
using engine::FreshnessProbe;
using engine::RunSources;
using engine::Store;
using engine::ViewDefinition;
using engine::ViewRecord;

constexpr std::int64_t k_jobs_to_judge = 200;  ///< by `show`: how well `auto` chose

/// The store with what one run has seen of its sources.
struct Session {
  std::unique_ptr<Store> store;
  Store::Access access;
  std::unique_ptr<RunSources> sources;
};

class LocalProvider : public Provider {
 public:
  LocalProvider(LocalSettings settings, std::string profile, const Environment& environment)
      : settings_(std::move(settings)),
        profile_(std::move(profile)),
        environment_(environment),
        zones_(support::zone_directory(environment)) {}

  const ProviderInfo& info() const override { return local_info(); }

  void begin_run() override {
    memory_ = std::make_shared<engine::RunMemory>();
    members_ = 1;
    follows_ = false;
    if (session_.store) session_.sources = std::make_unique<RunSources>(*session_.store, memory_);
  }

  void join_run(Provider& leader, std::size_t members) override {
    auto* of_run = dynamic_cast<LocalProvider*>(&leader);
    if (of_run == nullptr) return;
    memory_ = of_run->memory_;
    members_ = std::max<std::size_t>(members, 1);
    follows_ = true;
    if (session_.store) session_.sources = std::make_unique<RunSources>(*session_.store, memory_);
  }

  Result<View> create(const CreateRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(const auto existing, session_.store->find_view(request.name));
    if (existing && request.if_not_exists) return describe({request.name, false}, control);
    MATVIEW_ASSIGN(const auto definition, bind(request, existing));
    MATVIEW_TRY(require_refresh_mode(definition));
    MATVIEW_TRY(existing ? replace(*existing, definition) : add(definition));
    if (request.with_data) {
      begin_run();
      // Who asks for the rows of a new definition gets them, whatever its schedule says.
      MATVIEW_TRY(refresh({request.name, false, false, refresh_options(request)}, true, control));
    }
    return describe({request.name, false}, control);
  }

  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto existing, session_.store->find_view(request.name));
    Plan plan;
    plan.operation = "create";
    plan.view = request.name;
    if (existing && request.if_not_exists) {
      plan.mode = "unchanged";
      plan.reason = "exists already";
      return plan;
    }
    MATVIEW_ASSIGN(const auto definition, bind(request, existing));
    MATVIEW_TRY(require_refresh_mode(definition));
    plan.mode = existing ? "replace" : "create";
    if (existing && existing->definition.fingerprint == definition.fingerprint) plan.reason = "same definition";
    plan.sources = engine::report_sources(definition, {}, {}, {});
    plan.sql = definition.sql;
    Value columns = Value::array();
    for (const auto& column : definition.columns)
      columns.push(
          Value::object().set("name", column.name).set("type", column.type).set("storage_type", column.storage_type));
    plan.native.set("columns", std::move(columns));
    return plan;
  }

  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    return refresh(request, false, control);
  }

  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto context, engine_context(request.options));
    return engine::plan_refresh(context, request, control);
  }

  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto records, session_.store->views());
    FreshnessProbe probe(*session_.store, *session_.sources);
    std::vector<View> views;
    views.reserve(records.size());
    for (const auto& record : records)
      views.push_back(ours(to_view(told(record), request.freshness ? &probe.of(record) : nullptr)));
    for (std::size_t i = 0; i < views.size(); ++i) tell_schedule(views[i], records[i], calendar(), control.observer);
    if (request.auto_refresh) tell_auto_due(views, records, calendar(), settings_.auto_refresh, probe);
    return views;
  }

  Result<View> describe(const DescribeRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto record, find(request.name));
    FreshnessProbe probe(*session_.store, *session_.sources);
    auto view = ours(to_view(told(record), &probe.of(record)));
    tell_schedule(view, record, calendar(), control.observer);
    MATVIEW_ASSIGN(view.downstream, downstream_of(record.definition.name));
    MATVIEW_ASSIGN(const auto jobs, session_.store->jobs(record.view_id, k_jobs_to_judge));
    if (auto report = engine::to_value(engine::report_costs(jobs)); !report.is_null())
      view.native.set("auto", std::move(report));
    MATVIEW_ASSIGN(const auto retained, session_.store->retained(record.view_id));
    const auto space = engine::space_of(retained, session_.store->root());
    view.native.set("kept_sources", Value::object().set("files", space.files).set("bytes", space.bytes));
    if (request.versions) {
      MATVIEW_ASSIGN(const auto versions, session_.store->versions(record.view_id));
      for (const auto& version : versions) view.versions.push_back(to_version(version));
    }
    return view;
  }

  Result<CreateRequest> definition(const DescribeRequest& request, Control&) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto record, find(request.name));
    return to_request(record.definition, settings_);
  }

  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto record, find(told.name));
    return respelt(wanted, record.definition, settings_, environment_);
  }

  Result<void> drop(const DropRequest& request, Control&) override {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(const auto found, session_.store->find_view(request.name));
    if (!found && request.if_exists) return {};
    MATVIEW_ASSIGN(const auto record, find(request.name));
    MATVIEW_TRY(require_no_downstream(record.definition.name));
    MATVIEW_ASSIGN(const auto lock, session_.store->lock_view(record.view_id));
    return session_.store->drop_view(record.view_id);
  }

  Result<Plan> plan_drop(const DropRequest& request, Control&) override {
    MATVIEW_TRY(open(Store::Access::read));
    Plan plan;
    plan.operation = "drop";
    plan.view = request.name;
    MATVIEW_ASSIGN(const auto found, session_.store->find_view(request.name));
    if (!found && request.if_exists) {
      plan.mode = "unchanged";
      plan.reason = "there is no such view";
      return plan;
    }
    MATVIEW_ASSIGN(const auto record, find(request.name));
    MATVIEW_TRY(require_no_downstream(record.definition.name));
    plan.mode = "drop";
    MATVIEW_ASSIGN(const auto versions, session_.store->versions(record.view_id));
    std::int64_t bytes = 0;
    for (const auto& version : versions) bytes += version.bytes;
    plan.native.set("versions", static_cast<std::int64_t>(versions.size())).set("bytes", bytes);
    return plan;
  }

  Result<std::unique_ptr<RowStream>> query(const QueryRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto context, engine_context(request.options));
    CreateRequest ad_hoc;
    ad_hoc.query = request.sql;
    ad_hoc.options = request.options;
    MATVIEW_ASSIGN(auto definition, read_definition(ad_hoc, settings_, environment_.working_directory()));
    auto rows = run_query(context, request, std::move(definition), control);
    if (!rows) return fail(suggest_table(std::move(rows).error(), *session_.store));
    return rows;
  }

  Result<std::vector<Job>> history(const HistoryRequest& request, Control&) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto record, find(request.name));
    MATVIEW_ASSIGN(auto jobs, session_.store->jobs(record.view_id, request.limit));
    for (auto& job : jobs) job = ours(told(std::move(job), record.view_id));
    return jobs;
  }

  Result<View> suspend(const std::string& name, Control& control) override {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(const auto record, find(name));
    MATVIEW_ASSIGN(const auto suspended, session_.store->suspend(record.view_id, "by " + who()));
    return scheduled(suspended, control);
  }

  Result<View> resume(const std::string& name, Control& control) override {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(const auto record, find(name));
    MATVIEW_ASSIGN(const auto resumed, session_.store->resume(record.view_id));
    return scheduled(resumed, control);
  }

  Result<Verification> verify(const VerifyRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_TRY(find(request.name));
    // What the run saw of the sources is no proof of what is there now.
    auto sources = session_.sources->afresh();
    MATVIEW_ASSIGN(auto database, database_options(request.options));
    return engine::verify_view({*session_.store, sources, environment_, std::move(database)}, request, control);
  }

  Result<Explanation> explain(const ExplainRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto context, engine_context(request.options));
    if (!request.definition) {
      MATVIEW_TRY(require_no_definition(request.options));
      MATVIEW_ASSIGN(const auto record, find(request.name));
      return engine::explain_view(context, record.definition.name, control);
    }
    MATVIEW_ASSIGN(const auto definition, bind(*request.definition, std::nullopt));
    return engine::explain_definition(context, definition, control);
  }

  Result<GcReport> gc(const GcRequest& request, Control&) override {
    MATVIEW_TRY(open(Store::Access::write));
    return session_.store->collect_garbage(std::nullopt, request);
  }

  Result<Job> job(const std::string& id, Control&) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(auto job, session_.store->find_job(id));
    if (!job) return fail(ErrorCode::not_found, fmt::format("there is no job '{}'", id));
    MATVIEW_ASSIGN(const auto record, session_.store->find_view(job->view));
    return ours(record ? told(*std::move(job), record->view_id) : *std::move(job));
  }

  Result<std::vector<Check>> doctor(Control&) override {
    std::vector<Check> checks;
    if (const auto version = engine::duckdb_library_version())
      checks.push_back({"duckdb", Check::Outcome::ok, "libduckdb " + *version, ""});
    else
      checks.push_back({"duckdb", Check::Outcome::failed, version.error().message, version.error().hint});
    if (auto opened = open(Store::Access::read); !opened) {
      checks.push_back({"store", Check::Outcome::failed, opened.error().message, opened.error().hint});
      return checks;
    }
    checks.push_back({"store", Check::Outcome::ok, settings_.store, ""});
    MATVIEW_ASSIGN(const auto found, session_.store->check(false));
    checks.insert(checks.end(), found.begin(), found.end());
    return checks;
  }

 private:
  /// Opens the store, or opens it again when now it is to be written.
  Result<void> open(Store::Access access) {
    if (session_.store && (session_.access == Store::Access::write || access == Store::Access::read)) return {};
    MATVIEW_ASSIGN(auto store, Store::open(settings_.store, access, environment_));
    // What was seen while the store was only read may have changed, but not for one of several in a run.
    if (!follows_) memory_ = std::make_shared<engine::RunMemory>();
    auto sources = std::make_unique<RunSources>(*store, memory_);
    session_ = {};
    session_ = {std::move(store), access, std::move(sources)};
    return {};
  }

  Result<engine::DatabaseOptions> database_options(const OptionValues& options) const {
    MATVIEW_ASSIGN(auto database, read_database_options(settings_, options));
    database.members = members_;
    return database;
  }

  Result<EngineContext> engine_context(const OptionValues& options) {
    MATVIEW_ASSIGN(auto database, database_options(options));
    MATVIEW_ASSIGN(const auto program, read_run_options(options));
    return EngineContext{
        *session_.store, *session_.sources, environment_, std::move(database), settings_.keep_sources_limit, program,
        zones_};
  }

  Result<Job> refresh(const RefreshRequest& request, bool any_window, Control& control) {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(auto context, engine_context(request.options));
    context.any_window = any_window;
    MATVIEW_ASSIGN(auto job, engine::refresh_view(context, request, control));
    return ours(std::move(job));
  }

  Calendar calendar() const { return {environment_.now(), zones_}; }

  /// As far as the catalog knows it, without a look at the sources.
  View scheduled(const ViewRecord& record, Control& control) const {
    auto view = ours(to_view(told(record), nullptr));
    tell_schedule(view, record, calendar(), control.observer);
    return view;
  }

  /// Whose command this is, as far as the environment tells.
  std::string who() const {
    for (const auto* name : {"LOGNAME", "USER"})
      if (const auto user = environment_.variable(name); user && !user->empty()) return *user;
    return "hand";
  }

  Result<ViewRecord> find(const std::string& name) {
    MATVIEW_ASSIGN(auto record, session_.store->find_view(name));
    if (!record) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
    return *std::move(record);
  }

  /// The request's definition, checked and bound; nothing is stored.
  Result<ViewDefinition> bind(const CreateRequest& request, const std::optional<ViewRecord>& existing) {
    if (existing && !request.replace)
      return fail(Error(ErrorCode::conflict, fmt::format("the view '{}' exists already", request.name))
                      .with_hint("--replace changes it, --if-not-exists leaves it as it is"));
    MATVIEW_TRY(check_program_options(request));
    MATVIEW_ASSIGN(auto definition, read_definition(request, settings_, environment_.working_directory()));
    if (!definition.schedule.empty()) MATVIEW_TRY(engine::read_schedule(definition, zones_));
    auto database_options = settings_.database;
    database_options.time_zone = definition.time_zone;
    MATVIEW_ASSIGN(const auto database, engine::Database::open(database_options));
    auto bound_definition = engine::bind_definition(*database, definition, session_.sources->upstream());
    if (!bound_definition) return fail(suggest_table(std::move(bound_definition).error(), *session_.store));
    auto& bound = *bound_definition;
    definition.sources = std::move(bound.sources);
    for (const auto& name : bound.depends_on) {
      // As the store spells it: the query may write it in another case.
      MATVIEW_ASSIGN(const auto upstream, find(name));
      definition.depends_on.push_back(upstream.definition.name);
    }
    if (!bound.unstable_functions.empty() && bound.only_clocks)
      definition.sources.push_back(engine::clock_source());
    else
      definition.unstable_functions = std::move(bound.unstable_functions);
    if (request.kind != "query") {
      MATVIEW_ASSIGN(const auto program, read_program(*database, request, bound.columns, environment_));
      bound.columns = engine::udtf::view_columns(request.kind, program);
      definition.program = engine::udtf::to_json(program);
    }
    MATVIEW_ASSIGN(definition.columns, engine::storage_columns(bound.columns));
    MATVIEW_TRY(require_no_cycle(definition, existing));
    definition.fingerprint = engine::definition_fingerprint(definition);
    MATVIEW_TRY(add_plan(definition));
    return definition;
  }

  /// How its changes will be computed, or why they cannot be.
  Result<void> add_plan(ViewDefinition& definition) {
    // What a program changes is found out by its own means (see refresh/program_refresh.hpp).
    if (!engine::allows_incremental(definition) || !definition.program.empty()) return {};
    MATVIEW_ASSIGN(const auto plan, engine::ivm::make_plan(definition, session_.sources->upstream()));
    definition.plan = engine::ivm::to_json(plan);
    return {};
  }

  /// --refresh-mode may ask for more than the definition can have; that is known at create.
  static Result<void> require_refresh_mode(const ViewDefinition& definition) {
    if (!definition.program.empty()) return {};
    MATVIEW_ASSIGN(const auto plan, engine::ivm::plan_from_json(definition.plan));
    return engine::require_mode(definition, plan.code, plan.reason);
  }

  /// Options that make a definition say nothing about a view that has one.
  static Result<void> require_no_definition(const OptionValues& options) {
    for (const auto& spec : local_info().options)
      if (options.contains(spec.name) && !spec.operations.contains(Operation::refresh))
        return fail(Error(ErrorCode::usage, fmt::format("--{} is for a query that no view has yet", spec.name))
                        .with_hint("give the query with --query or --query-file"));
    return {};
  }

  Result<void> add(const ViewDefinition& definition) {
    MATVIEW_TRY(session_.store->create_view(definition));
    return {};
  }

  Result<void> replace(const ViewRecord& existing, const ViewDefinition& definition) {
    MATVIEW_ASSIGN(const auto lock, session_.store->lock_view(existing.view_id));
    MATVIEW_TRY(session_.store->replace_definition(existing.view_id, definition));
    session_.sources->forget_view(definition.name);
    return {};
  }

  /// Follows what the definition reads upwards: it must not come back to itself.
  Result<void> require_no_cycle(const ViewDefinition& definition, const std::optional<ViewRecord>& existing) {
    std::set<std::string> seen;
    std::vector<std::string> open(definition.depends_on);
    while (!open.empty()) {
      const auto name = std::move(open.back());
      open.pop_back();
      if (existing && name == existing->definition.name)
        return fail(ErrorCode::usage, fmt::format("the view '{}' would read from itself", definition.name));
      if (!seen.insert(name).second) continue;
      MATVIEW_ASSIGN(const auto record, session_.store->find_view(name));
      if (record) open.insert(open.end(), record->definition.depends_on.begin(), record->definition.depends_on.end());
    }
    return {};
  }

  Result<std::vector<std::string>> downstream_of(const std::string& name) {
    MATVIEW_ASSIGN(const auto records, session_.store->views());
    std::vector<std::string> names;
    for (const auto& record : records) {
      const auto& upstream = record.definition.depends_on;
      if (std::find(upstream.begin(), upstream.end(), name) != upstream.end()) names.push_back(record.definition.name);
    }
    return names;
  }

  Result<void> require_no_downstream(const std::string& name) {
    MATVIEW_ASSIGN(const auto names, downstream_of(name));
    if (names.empty()) return {};
    return fail(Error(ErrorCode::conflict, fmt::format("it is read by '{}'", fmt::join(names, "', '")))
                    .with_hint("drop those first"));
  }

  Job told(Job job, std::int64_t view_id) const {
    if (job.state != JobState::running || session_.store->is_locked(view_id)) return job;
    return engine::dead_job(std::move(job));
  }

  ViewRecord told(ViewRecord record) const {
    if (record.last_job) record.last_job = told(*std::move(record.last_job), record.view_id);
    return record;
  }

  /// Of the flags of `create`, those that `refresh` has too.
  static OptionValues refresh_options(const CreateRequest& request) {
    OptionValues options;
    for (const auto& spec : local_info().options)
      if (const auto found = request.options.find(spec.name);
          found != request.options.end() && spec.operations.contains(Operation::refresh))
        options.insert(*found);
    return options;
  }

  Job ours(Job job) const {
    job.profile = profile_;
    job.provider = local_info().name;
    return job;
  }

  View ours(View view) const {
    view.profile = profile_;
    view.provider = local_info().name;
    if (view.last_job) view.last_job = ours(*std::move(view.last_job));
    return view;
  }

  LocalSettings settings_;
  std::string profile_;
  const Environment& environment_;
  std::filesystem::path zones_;
  std::shared_ptr<engine::RunMemory> memory_ = std::make_shared<engine::RunMemory>();
  std::size_t members_ = 1;  ///< of the run: what shares this machine's memory
  bool follows_ = false;     ///< the memory of the run is another one's too
  Session session_{};
};

}  // namespace

const ProviderInfo& local_info() {
  static const ProviderInfo k_info = [] {
    using enum Operation;
    ProviderInfo info;
    info.name = "local";
    info.summary = "The built-in engine: refreshes with DuckDB on this machine, stores a DuckLake";
    info.operations = {definition, create, refresh, list, describe, drop,   query,
                       history,    verify, explain, gc,   job,      doctor, suspend};
    info.options = local_options();
    info.settings = {"store",  "timezone",   "threads",      "memory_limit",
                     "retain", "retain_for", "keep_sources", "keep_sources_limit"};
    for (const auto* key : {"min_changed_files", "min_changed_bytes", "cooldown"})
      info.settings.push_back(fmt::format("auto_refresh.{}", key));
    return info;
  }();
  return k_info;
}

Result<std::unique_ptr<Provider>> open_local(const ProviderContext& context) {
  MATVIEW_ASSIGN(auto settings, read_settings(context));
  return std::make_unique<LocalProvider>(std::move(settings), context.profile, context.environment);
}

}  // namespace matview::providers
