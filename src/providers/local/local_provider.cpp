#include "providers/local/local_provider.hpp"

#include <fmt/format.h>

#include "engine/refresh/admission.hpp"
#include "engine/refresh/cost.hpp"
#include "engine/refresh/explain.hpp"
#include "engine/refresh/freshness.hpp"
#include "engine/refresh/reasons.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/refresh/source_report.hpp"
#include "engine/refresh/verify.hpp"
#include "engine/store/paths.hpp"
#include "providers/local/bind_request.hpp"
#include "providers/local/definition.hpp"
#include "providers/local/options.hpp"
#include "providers/local/program_options.hpp"
#include "providers/local/query.hpp"
#include "providers/local/stored_views.hpp"
#include "providers/local/suggest_table.hpp"
#include "providers/local/tell_schedule.hpp"
#include "providers/local/to_view.hpp"
#include "support/time_zone.hpp"

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

bool has_catalog(const std::filesystem::path& root) {
  std::error_code ignored;
  return std::filesystem::exists(engine::StorePaths{root}.catalog(), ignored);
}

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
    MATVIEW_ASSIGN(const auto definition, bind_request(binding(), request, existing));
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
    MATVIEW_ASSIGN(const auto definition, bind_request(binding(), request, existing));
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
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, request.name));
    FreshnessProbe probe(*session_.store, *session_.sources);
    auto view = ours(to_view(told(record), &probe.of(record)));
    tell_schedule(view, record, calendar(), control.observer);
    MATVIEW_ASSIGN(view.downstream, downstream_of(*session_.store, record.definition.name));
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
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, request.name));
    return to_request(record.definition, settings_);
  }

  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, told.name));
    return respelt(wanted, record.definition, settings_, environment_);
  }

  Result<void> drop(const DropRequest& request, Control&) override {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(const auto found, session_.store->find_view(request.name));
    if (!found && request.if_exists) return {};
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, request.name));
    MATVIEW_TRY(require_no_downstream(*session_.store, record.definition.name));
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
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, request.name));
    MATVIEW_TRY(require_no_downstream(*session_.store, record.definition.name));
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
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, request.name));
    MATVIEW_ASSIGN(auto jobs, session_.store->jobs(record.view_id, request.limit));
    for (auto& job : jobs) job = ours(told(std::move(job), record.view_id));
    return jobs;
  }

  Result<View> suspend(const std::string& name, Control& control) override {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, name));
    MATVIEW_ASSIGN(const auto suspended, session_.store->suspend(record.view_id, "by " + who()));
    return scheduled(suspended, control);
  }

  Result<View> resume(const std::string& name, Control& control) override {
    MATVIEW_TRY(open(Store::Access::write));
    MATVIEW_ASSIGN(const auto record, find_view(*session_.store, name));
    MATVIEW_ASSIGN(const auto resumed, session_.store->resume(record.view_id));
    return scheduled(resumed, control);
  }

  Result<Verification> verify(const VerifyRequest& request, Control& control) override {
    MATVIEW_TRY(open(Store::Access::read));
    MATVIEW_TRY(find_view(*session_.store, request.name));
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
      MATVIEW_ASSIGN(const auto record, find_view(*session_.store, request.name));
      return engine::explain_view(context, record.definition.name, control);
    }
    MATVIEW_ASSIGN(const auto definition, bind_request(binding(), *request.definition, std::nullopt));
    return engine::explain_definition(context, definition, control);
  }

  Result<GcReport> gc(const GcRequest& request, Control&) override {
    // Where there is no store there is nothing to remove, and a dry run makes none.
    if (request.dry_run && !has_catalog(root())) return GcReport{};
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

  std::filesystem::path root() const { return environment_.working_directory() / settings_.store; }

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

  Binding binding() const { return {settings_, environment_, zones_, *session_.store, *session_.sources}; }

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

Result<std::unique_ptr<Provider>> open_local(const ProviderContext& context) {
  MATVIEW_ASSIGN(auto settings, read_settings(context));
  return std::make_unique<LocalProvider>(std::move(settings), context.profile, context.environment);
}

}  // namespace matview::providers
