#include "providers/external/external_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "providers/external/documents.hpp"
#include "providers/external/exchange.hpp"
#include "providers/external/reader.hpp"
#include "providers/external/requests.hpp"
#include "providers/external/row_reader.hpp"
#include "providers/external/sessions.hpp"
#include "providers/remote/submission.hpp"
#include "support/duration.hpp"
#include "support/edit_distance.hpp"
#include "support/text.hpp"

namespace matview::providers::external {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_patience{10'000};
constexpr std::array<std::string_view, 5> k_secrets{"api_key", "token", "password", "secret_key", "client_secret"};

class ExternalProvider final : public Provider {
 public:
  ExternalProvider(std::shared_ptr<Program> program, const ProviderContext& context, milliseconds patience)
      : sessions_(std::move(program), context, patience) {}

  const ProviderInfo& info() const override { return sessions_.program().info(); }
  void begin_run() override { sessions_.program().begin_run(); }

  Result<View> create(const CreateRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::create));
    const bool starts_job = info().asynchronous && request.with_data;
    if (!starts_job) return view_of(ask("create", to_arguments(request), control));
    auto submission = remote::Submission::begin(context(), info(), "create", request.name, {}, control);
    auto arguments = to_arguments(request);
    arguments.set("key", submission.key());
    auto view = view_of(ask("create", std::move(arguments), control));
    if (!view) return fail(submission.failed(std::move(view).error(), control));
    Job job = view->last_job.value_or(Job());
    if (!view->last_job) job.state = JobState::succeeded;
    job = submission.accepted(std::move(job), control);
    if (view->last_job) view->last_job = std::move(job);
    return view;
  }
  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    return plan(Operation::create, request.name, to_arguments(request), control);
  }

  /// On record here in any case, so that what a person asks of past jobs does not depend on the program.
  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::refresh));
    auto submission = remote::Submission::begin(context(), info(), "refresh", request.name, {}, control);
    auto job = part(ask("refresh", to_arguments(request, submission.key()), control), "job", read_job);
    if (!job) return fail(submission.failed(std::move(job).error(), control));
    return submission.accepted(*std::move(job), control);
  }
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    return plan(Operation::refresh, request.name, to_arguments(request, ""), control);
  }

  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::list));
    MATVIEW_ASSIGN(auto views, parts(ask("list", to_arguments(request), control), "views", read_view));
    for (auto& view : views) complete(view);
    std::sort(views.begin(), views.end(), [](const View& a, const View& b) { return a.name < b.name; });
    return views;
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::describe));
    return view_of(ask("describe", to_arguments(request), control));
  }

  Result<void> drop(const DropRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::drop));
    MATVIEW_TRY(ask("drop", to_arguments(request), control));
    return {};
  }
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    return plan(Operation::drop, request.name, to_arguments(request), control);
  }

  Result<std::unique_ptr<RowStream>> query(const QueryRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::query));
    MATVIEW_ASSIGN(auto session, sessions_.take(control));
    return RowReader::open(sessions_, std::move(session), sessions_.program().run(), request, control);
  }

  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override {
    if (!sessions_.program().has(Operation::history)) return recorded(request);
    MATVIEW_ASSIGN(auto jobs, parts(ask("history", to_arguments(request), control), "jobs", read_job));
    for (auto& job : jobs) complete(job);
    return jobs;
  }
  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::definition));
    return part(ask("definition", to_arguments(request), control), "definition", read_definition);
  }

  Result<View> suspend(const std::string& name, Control& control) override {
    return switch_view("suspend", name, control);
  }
  Result<View> resume(const std::string& name, Control& control) override {
    return switch_view("resume", name, control);
  }

  Result<Verification> verify(const VerifyRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::verify));
    MATVIEW_ASSIGN(auto verification,
                   part(ask("verify", to_arguments(request), control), "verification", read_verification));
    if (verification.view.empty()) verification.view = request.name;
    return verification;
  }
  Result<Explanation> explain(const ExplainRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::explain));
    return part(ask("explain", to_arguments(request), control), "explanation", read_explanation);
  }
  Result<GcReport> gc(const GcRequest& request, Control& control) override {
    MATVIEW_TRY(require(Operation::gc));
    return part(ask("gc", to_arguments(request), control), "report", read_gc_report);
  }

  Result<Job> job(const std::string& id, Control& control) override {
    const auto record = find_record(id);
    if (sessions_.program().has(Operation::job)) return job_of("job", id, record, control);
    if (record) return record->job;
    return fail(ErrorCode::not_found, fmt::format("there is no job '{}' on record", support::strip_control(id)));
  }
  Result<Job> cancel(const std::string& id, Control& control) override {
    MATVIEW_TRY(require(Operation::cancel));
    return job_of("cancel", id, find_record(id), control);
  }

  Result<std::vector<Check>> doctor(Control& control) override {
    MATVIEW_TRY(require(Operation::doctor));
    return parts(ask("doctor", Value::object(), control), "checks", read_check);
  }

 private:
  const ProviderContext& context() const { return sessions_.context(); }

  Result<void> require(Operation operation) const {
    if (info().operations.contains(operation)) return {};
    return fail(unsupported(operation));
  }

  /// The "result" of the answer.
  Result<Value> ask(std::string_view operation, Value arguments, Control& control, bool dry_run = false) {
    MATVIEW_ASSIGN(auto session, sessions_.take(control));
    auto answer = Exchange(*session, sessions_.next_id(), operation, sessions_.program().run(), dry_run,
                           std::move(arguments), control)
                      .next(control);
    if (answer && answer->at("type") != Value("result"))
      return fail(session->broken(fmt::format("answered '{}' with rows", operation)));
    sessions_.give_back(std::move(session));
    if (!answer) return fail(std::move(answer).error());
    return answer->at("result");
  }

  Error nonsense(std::string_view what) const {
    return Error(ErrorCode::failed,
                 fmt::format("'matview-provider-{}' answered with what cannot be understood: {}", info().name, what));
  }

  template <typename T>
  Result<T> part(Result<Value> result, std::string_view key, Result<T> (*read)(const Value&)) const {
    if (!result) return fail(std::move(result).error());
    auto value = read(result->at(key));
    if (!value) return fail(nonsense(value.error().message));
    return value;
  }
  template <typename T>
  Result<std::vector<T>> parts(Result<Value> result, std::string_view key, Result<T> (*read)(const Value&)) const {
    if (!result) return fail(std::move(result).error());
    if (result->at(key).if_array() == nullptr) return fail(nonsense(fmt::format("there is no list '{}'", key)));
    Reader reader(*result, "a result");
    auto values = reader.finish(reader.list(key, read));
    if (!values) return fail(nonsense(values.error().message));
    return values;
  }

  Result<Plan> plan(Operation operation, const std::string& view, Value arguments, Control& control) {
    MATVIEW_TRY(require(operation));
    const std::string word(word_of(operation));
    MATVIEW_ASSIGN(auto plan, part(ask(word, std::move(arguments), control, true), "plan", read_plan));
    if (plan.operation.empty()) plan.operation = word;
    if (plan.view.empty()) plan.view = view;
    return plan;
  }

  Result<View> view_of(Result<Value> result) const {
    MATVIEW_ASSIGN(auto view, part(std::move(result), "view", read_view));
    complete(view);
    return view;
  }

  Result<View> switch_view(std::string_view operation, const std::string& name, Control& control) {
    MATVIEW_TRY(require(Operation::suspend));
    return view_of(ask(operation, Value::Object{{"name", name}}, control));
  }

  Result<Job> job_of(std::string_view operation, const std::string& id, const std::optional<JobRecord>& record,
                     Control& control) {
    Value arguments =
        Value::Object{{"id", record ? record->job.id : id}, {"key", record ? Value(record->key) : Value()}};
    MATVIEW_ASSIGN(auto job, part(ask(operation, std::move(arguments), control), "job", read_job));
    if (job.id.empty()) job.id = id;
    if (job.view.empty() && record) job.view = record->job.view;
    complete(job);
    return job;
  }

  std::optional<JobRecord> find_record(const std::string& id) const {
    if (context().job_log == nullptr) return std::nullopt;
    auto found = context().job_log->find(id);
    const bool ours = found && *found && (*found)->job.profile == context().profile;
    return ours ? *std::move(found) : std::nullopt;
  }

  Result<std::vector<Job>> recorded(const HistoryRequest& request) const {
    std::vector<Job> jobs;
    if (context().job_log == nullptr) return jobs;
    MATVIEW_ASSIGN(auto records, context().job_log->records(context().profile, request.name, request.limit));
    for (auto& record : records) jobs.push_back(std::move(record.job));
    return jobs;
  }

  void complete(Job& job) const {
    job.profile = context().profile;
    job.provider = info().name;
  }
  void complete(View& view) const {
    view.profile = context().profile;
    view.provider = info().name;
    if (view.last_job) complete(*view.last_job);
  }

  Sessions sessions_;
};

/// Keys that the configuration let pass, since the program was not asked yet.
Result<void> check_keys(const Program& program, const ProviderContext& context) {
  const auto& known = program.info().settings;
  const auto check = [&](const std::string& key) -> Result<void> {
    if (std::find(known.begin(), known.end(), key) != known.end()) return {};
    Error error(ErrorCode::usage,
                fmt::format("profile '{}': unknown key '{}' of provider '{}'", context.profile, key, program.name()));
    const auto near = support::nearest(key, known);
    error.hint = near ? fmt::format("did you mean '{}'?", *near) : fmt::format("keys: {}", support::join(known, ", "));
    return fail(std::move(error));
  };
  for (const auto& [key, value] : context.settings) MATVIEW_TRY(check(key));
  for (const auto key : k_secrets)
    if (context.secrets != nullptr && context.secrets->has(key)) MATVIEW_TRY(check(std::string(key)));
  return {};
}

}  // namespace

Result<std::unique_ptr<Provider>> open(std::shared_ptr<Program> program, const ProviderContext& context) {
  milliseconds patience = k_patience;
  if (const auto given = context.settings.find("start_timeout"); given != context.settings.end()) {
    MATVIEW_ASSIGN(const auto length, support::parse_duration(given->second));
    patience = std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(length));
  }
  MATVIEW_TRY(program->learn(patience));
  MATVIEW_TRY(check_keys(*program, context));
  return std::make_unique<ExternalProvider>(std::move(program), context, patience);
}

}  // namespace matview::providers::external
