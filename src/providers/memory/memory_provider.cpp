#include "providers/memory/memory_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "providers/memory/graph.hpp"
#include "providers/memory/options.hpp"
#include "providers/memory/state.hpp"
#include "support/lock.hpp"

namespace matview::providers::memory {

namespace {

constexpr std::int64_t k_default_rows = 3;
constexpr std::int64_t k_batch_rows = 1024;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

class CountingStream final : public RowStream {
 public:
  explicit CountingStream(std::int64_t rows) : rows_(rows) {}

  const std::vector<Column>& columns() const override { return columns_; }

  Result<bool> next(std::vector<Row>& batch) override {
    batch.clear();
    for (; done_ < rows_ && static_cast<std::int64_t>(batch.size()) < k_batch_rows; ++done_)
      batch.push_back({Value(done_ + 1), Value(fmt::format("row {}", done_ + 1))});
    return !batch.empty();
  }

 private:
  std::vector<Column> columns_{{"id", "BIGINT"}, {"label", "VARCHAR"}};
  std::int64_t rows_;
  std::int64_t done_ = 0;
};

class MemoryProvider final : public Provider {
 public:
  MemoryProvider(const ProviderContext& context, std::filesystem::path file)
      : environment_(context.environment), profile_(context.profile), file_(std::move(file)) {}

  const ProviderInfo& info() const override { return memory::info(); }

  Result<View> create(const CreateRequest& request, Control& control) override {
    MATVIEW_ASSIGN(auto lock, hold());
    MATVIEW_ASSIGN(StoredView view, define(request));
    if (request.if_not_exists && state_.views.contains(request.name)) return to_view(request.name);
    state_.views[request.name] = std::move(view);
    MATVIEW_TRY(save());
    lock.reset();
    if (request.with_data) MATVIEW_TRY(refresh({request.name, false, false, {}}, control));
    return to_view(request.name);
  }

  Result<Plan> plan_create(const CreateRequest& request, Control&) override {
    MATVIEW_ASSIGN(const StoredView view, define(request));
    Plan plan;
    plan.operation = "create";
    plan.view = request.name;
    plan.mode = request.with_data ? "full" : "";
    plan.reason = state_.views.contains(request.name) ? "replaces the view of that name" : "new view";
    if (request.if_not_exists && state_.views.contains(request.name)) plan.reason = "exists already";
    plan.sources = sources(state_, view);
    plan.sql = view.definition;
    return plan;
  }

  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const StoredView* const found, find(request.name));
    MATVIEW_ASSIGN(const Options options, read_options(request.options));
    const std::string failure = options.fail_with.empty() ? found->fail_with : options.fail_with;

    Job job;
    job.view = request.name;
    job.started_at = job.submitted_at = environment_.now();
    const auto start = std::chrono::steady_clock::now();
    auto outcome = wait(request.name, options.delay.value_or(found->delay), found->rows, options.stop_delay, control);
    // Others may have worked meanwhile.
    MATVIEW_ASSIGN(const auto lock, hold());
    MATVIEW_ASSIGN(StoredView* const view, find(request.name));
    if (outcome) outcome = publish(*view, request, failure, job);

    job.id = fmt::format("job-{}", ++state_.last_job);
    job.elapsed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    job.finished_at = environment_.now();
    if (!outcome) {
      const auto code = outcome.error().code;
      const bool stopped = code == ErrorCode::interrupted || code == ErrorCode::terminated;
      job.state = stopped ? JobState::cancelled : JobState::failed;
      job.error = outcome.error();
    } else if (job.mode != "no_data") {
      view->versions.front().version.job_id = job.id;
    }
    view->jobs.insert(view->jobs.begin(), job);
    MATVIEW_TRY(save());
    if (!outcome) return fail(std::move(outcome).error());
    return complete(job);
  }

  Result<Plan> plan_refresh(const RefreshRequest& request, Control&) override {
    MATVIEW_ASSIGN(const StoredView* const view, find(request.name));
    Plan plan;
    plan.operation = "refresh";
    plan.view = request.name;
    plan.reason = staleness(state_, *view);
    if (plan.reason.empty() && request.full) plan.reason = "asked for with --full";
    if (plan.reason.empty() && request.force) plan.reason = "asked for with --force";
    plan.mode = plan.reason.empty() ? "no_data" : "full";
    if (plan.reason.empty()) plan.reason = "nothing has changed";
    plan.sources = sources(state_, *view);
    plan.sql = view->definition;
    return plan;
  }

  Result<std::vector<View>> list(const ListRequest&, Control&) override {
    MATVIEW_TRY(load());
    std::vector<View> views;
    for (const auto& [name, view] : state_.views) views.push_back(to_view(name));
    return views;
  }

  Result<View> describe(const DescribeRequest& request, Control&) override {
    MATVIEW_ASSIGN(const StoredView* const stored, find(request.name));
    View view = to_view(request.name);
    if (request.versions)
      for (const auto& version : stored->versions) view.versions.push_back(version.version);
    return view;
  }

  Result<CreateRequest> definition(const DescribeRequest& request, Control&) override {
    MATVIEW_ASSIGN(const StoredView* const view, find(request.name));
    return to_request(request.name, *view);
  }

  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    MATVIEW_ASSIGN(const Options options, read_options(wanted.options));
    StoredView view;
    view.definition = wanted.query.empty() ? told.query : wanted.query;
    view.tags = wanted.tags;
    take(options, view);
    return to_request(told.name, view);
  }

  Result<void> drop(const DropRequest& request, Control&) override {
    MATVIEW_ASSIGN(const auto lock, hold());
    MATVIEW_ASSIGN(const bool there, droppable(request));
    if (!there) return {};
    state_.views.erase(request.name);
    return save();
  }

  Result<Plan> plan_drop(const DropRequest& request, Control&) override {
    MATVIEW_ASSIGN(const bool there, droppable(request));
    Plan plan;
    plan.operation = "drop";
    plan.view = request.name;
    plan.reason = there ? "removes the view and its rows" : "there is no such view";
    return plan;
  }

  Result<std::unique_ptr<RowStream>> query(const QueryRequest& request, Control&) override {
    MATVIEW_ASSIGN(const StoredView* const view, find(request.sql));
    for (const auto& stored : view->versions)
      if (!request.version || stored.version.version == *request.version)
        return std::make_unique<CountingStream>(stored.version.rows.value_or(0));
    if (request.version)
      return fail(ErrorCode::not_found, fmt::format("view '{}' has no version {}", request.sql, *request.version));
    return std::make_unique<CountingStream>(0);
  }

  Result<std::vector<Job>> history(const HistoryRequest& request, Control&) override {
    MATVIEW_ASSIGN(const StoredView* const view, find(request.name));
    std::vector<Job> jobs;
    for (const auto& job : view->jobs)
      if (static_cast<std::int64_t>(jobs.size()) < request.limit) jobs.push_back(complete(job));
    return jobs;
  }

  Result<View> suspend(const std::string& name, Control&) override { return set_suspended(name, true); }
  Result<View> resume(const std::string& name, Control&) override { return set_suspended(name, false); }

  Result<Verification> verify(const VerifyRequest& request, Control&) override {
    MATVIEW_ASSIGN(const StoredView* const view, find(request.name));
    if (view->versions.empty())
      return fail(Error(ErrorCode::failed, fmt::format("view '{}' was never filled", request.name))
                      .with_hint(fmt::format("fill it: matview refresh '{}'", request.name)));
    const Version& current = view->versions.front().version;
    Verification result;
    result.view = request.name;
    result.version = current.version;
    result.rows_stored = current.rows.value_or(0);
    result.rows_missing = std::max<std::int64_t>(0, view->rows - result.rows_stored);
    result.rows_extra = std::max<std::int64_t>(0, result.rows_stored - view->rows);
    result.equal = result.rows_stored == view->rows;
    return result;
  }

  Result<Job> job(const std::string& id, Control&) override {
    MATVIEW_TRY(load());
    for (const auto& [name, view] : state_.views)
      for (const auto& job : view.jobs)
        if (job.id == id) return complete(job);
    return fail(ErrorCode::not_found, fmt::format("there is no job '{}'", id));
  }

  Result<std::vector<Check>> doctor(Control&) override {
    Check check;
    check.name = "state";
    check.message = file_.empty() ? "kept in this process only" : fmt::format("kept in {}", file_.string());
    return std::vector{check};
  }

 private:
  /// The view as it is now. The pointer lives until the next call of this.
  Result<StoredView*> find(const std::string& name) {
    MATVIEW_TRY(load());
    const auto found = state_.views.find(name);
    if (found == state_.views.end()) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
    return &found->second;
  }

  Result<View> set_suspended(const std::string& name, bool suspended) {
    MATVIEW_ASSIGN(const auto held, hold());
    MATVIEW_ASSIGN(StoredView* const view, find(name));
    view->suspended = suspended;
    MATVIEW_TRY(save());
    return to_view(name);
  }

  /// Keeps others, of this process and of any, from changing the state between its being read and its being saved.
  Result<std::optional<support::FileLock>> hold() const {
    if (file_.empty()) return std::optional<support::FileLock>();
    MATVIEW_ASSIGN(auto lock, support::FileLock::acquire(file_.string() + ".lock"));
    return std::optional(std::move(lock));
  }

  /// What other processes have done is part of the state.
  Result<void> load() {
    if (file_.empty()) return {};
    MATVIEW_ASSIGN(state_, load_state(file_));
    return {};
  }

  Result<void> save() { return file_.empty() ? Result<void>() : save_state(file_, state_); }

  /// The view as it would be after the request, or why it cannot be.
  Result<StoredView> define(const CreateRequest& request) {
    MATVIEW_TRY(load());
    MATVIEW_ASSIGN(const Options options, read_options(request.options));
    if (request.kind != "query")
      return fail(ErrorCode::unsupported, fmt::format("the provider 'memory' has no views of kind '{}'", request.kind));
    if (request.query.empty())
      return fail(Error(ErrorCode::usage, fmt::format("view '{}' needs a query", request.name))
                      .with_hint("give it with --query or --query-file"));
    const auto found = state_.views.find(request.name);
    const bool exists = found != state_.views.end();
    if (exists && !request.replace && !request.if_not_exists)
      return fail(Error(ErrorCode::conflict, fmt::format("there is a view '{}' already", request.name))
                      .with_hint("--replace changes its definition, --if-not-exists leaves it as it is"));

    StoredView view = exists ? found->second : StoredView();
    view.definition = request.query;
    view.definition_version = exists ? view.definition_version + 1 : 1;
    view.tags = request.tags;
    if (!exists) view.created_at = environment_.now();
    take(options, view);
    for (const auto& name : view.upstream) {
      if (name != request.name && !state_.views.contains(name))
        return fail(ErrorCode::usage, fmt::format("there is no view '{}' to read from", name));
      if (reads(state_, name, request.name))
        return fail(ErrorCode::usage, fmt::format("view '{}' would read itself through '{}'", request.name, name));
    }
    return view;
  }

  static void take(const Options& options, StoredView& view) {
    view.rows = options.rows.value_or(k_default_rows);
    view.delay = options.delay.value_or(0);
    view.fail_with = options.fail_with;
    view.upstream = options.upstream;
  }

  /// What `take` would make the view of.
  static CreateRequest to_request(const std::string& name, const StoredView& view) {
    CreateRequest request;
    request.name = name;
    request.query = view.definition;
    request.tags = view.tags;
    auto& options = request.options;
    if (view.rows != k_default_rows) options["rows"] = {std::to_string(view.rows)};
    if (view.delay != 0) options["delay"] = {std::to_string(view.delay)};
    if (!view.fail_with.empty()) options["fail-with"] = {lower(view.fail_with)};
    if (!view.upstream.empty()) options["upstream"] = view.upstream;
    return request;
  }

  Result<bool> droppable(const DropRequest& request) {
    MATVIEW_TRY(load());
    if (!state_.views.contains(request.name)) {
      if (request.if_exists) return false;
      return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", request.name));
    }
    const auto readers = downstream(state_, request.name);
    if (!readers.empty())
      return fail(
          Error(ErrorCode::conflict, fmt::format("view '{}' is read by {}", request.name, fmt::join(readers, ", ")))
              .with_hint("drop those first"));
    return true;
  }

  Job complete(Job job) const {
    job.profile = profile_;
    job.provider = info().name;
    return job;
  }

  View to_view(const std::string& name) const {
    const StoredView& stored = state_.views.at(name);
    View view;
    view.name = name;
    view.profile = profile_;
    view.provider = info().name;
    view.freshness_reason = staleness(state_, stored);
    view.freshness = view.freshness_reason.empty() ? Freshness::fresh : Freshness::stale;
    view.created_at = stored.created_at;
    view.definition = stored.definition;
    view.tags = stored.tags;
    view.suspended = stored.suspended;
    if (stored.suspended) view.suspended_reason = "by hand";
    view.depends_on = stored.upstream;
    view.downstream = downstream(state_, name);
    view.sources = sources(state_, stored);
    view.columns = {{"id", "BIGINT"}, {"label", "VARCHAR"}};
    view.refresh_mode = "full";
    view.refresh_reason = "the memory provider knows no other way";
    if (stored.versions.empty()) {
      view.freshness = Freshness::empty;
    } else {
      const Version& current = stored.versions.front().version;
      view.version = current.version;
      view.rows = current.rows;
      view.refreshed_at = current.created_at;
    }
    if (!stored.jobs.empty()) {
      view.last_job = complete(stored.jobs.front());
      if (view.last_job->state == JobState::failed) view.state = ViewState::error;
    }
    return view;
  }

  /// Makes the version that a refresh found, if there is a new one, and fills in what became of it.
  Result<void> publish(StoredView& view, const RefreshRequest& request, const std::string& failure, Job& job) const {
    if (!failure.empty()) {
      Error error(error_code_from(failure).value_or(ErrorCode::failed), "it was told to fail with --fail-with");
      error.retryable = error.code == ErrorCode::unavailable || error.code == ErrorCode::locked;
      return fail(std::move(error));
    }
    for (const auto& name : view.upstream)
      if (!newest_version(state_, name))
        return fail(Error(ErrorCode::failed, fmt::format("the view '{}' it reads was never filled", name))
                        .with_hint(fmt::format("fill it first: matview refresh '+{}'", request.name)));

    const std::string stale = staleness(state_, view);
    job.state = JobState::succeeded;
    job.version = newest_version(state_, request.name);
    if (stale.empty() && !request.full && !request.force) {
      job.mode = "no_data";
      job.reason = "nothing has changed";
      job.rows_total = view.versions.front().version.rows;
      job.rows_added = job.rows_removed = 0;
      return {};
    }
    job.mode = "full";
    job.reason = stale.empty() ? (request.full ? "asked for with --full" : "asked for with --force") : stale;
    job.rows_total = job.rows_added = view.rows;
    job.rows_removed = view.versions.empty() ? 0 : view.versions.front().version.rows.value_or(0);
    job.version = job.version.value_or(0) + 1;

    StoredVersion stored;
    stored.version.version = *job.version;
    stored.version.created_at = environment_.now();
    stored.version.rows = view.rows;
    stored.version.mode = job.mode;
    stored.definition_version = view.definition_version;
    for (const auto& name : view.upstream) stored.upstream[name] = *newest_version(state_, name);
    view.versions.insert(view.versions.begin(), std::move(stored));
    return {};
  }

  /// Takes `milliseconds`, telling how far it is; ends early where `control` says so, `stop_delay` milliseconds later.
  Result<void> wait(const std::string& name, std::int64_t milliseconds, std::int64_t rows, std::int64_t stop_delay,
                    Control& control) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const auto length = std::chrono::milliseconds(milliseconds);
    auto stopped = Clock::time_point::max();
    while (true) {
      const int stop = control.stop.load();
      if (stop != 0) stopped = std::min(stopped, Clock::now());
      if (stop != 0 && Clock::now() - stopped >= std::chrono::milliseconds(stop_delay))
        return fail(stop == 15 ? ErrorCode::terminated : ErrorCode::interrupted, "it was stopped");
      const auto now = Clock::now();
      if (control.deadline && now >= *control.deadline)
        return fail(Error(ErrorCode::timeout, "the time limit was reached").with_retryable());
      if (now - start >= length) return {};
      const double fraction = static_cast<double>((now - start).count()) /
                              static_cast<double>(std::chrono::duration_cast<Clock::duration>(length).count());
      control.observer.progress(
          {name, "reading", fraction, static_cast<std::int64_t>(fraction * static_cast<double>(rows))});
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  const Environment& environment_;
  std::string profile_;
  std::filesystem::path file_;  ///< empty: nowhere
  State state_;
};

}  // namespace

const ProviderInfo& info() {
  static const ProviderInfo k_info = [] {
    ProviderInfo info;
    info.name = "memory";
    info.summary = "views of counted rows, to try the tool without data";
    info.operations = {Operation::definition, Operation::create, Operation::refresh, Operation::list,
                       Operation::describe,   Operation::drop,   Operation::query,   Operation::history,
                       Operation::verify,     Operation::job,    Operation::doctor,  Operation::suspend};
    info.options = options();
    info.settings = {"state_file"};
    info.hidden = true;
    return info;
  }();
  return k_info;
}

Result<std::unique_ptr<Provider>> open(const ProviderContext& context) {
  std::filesystem::path file;
  if (const auto setting = context.settings.find("state_file"); setting != context.settings.end())
    file = setting->second;
  if (!file.empty()) MATVIEW_TRY(load_state(file));
  return std::make_unique<MemoryProvider>(context, std::move(file));
}

}  // namespace matview::providers::memory
