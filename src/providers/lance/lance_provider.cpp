#include "providers/lance/lance_provider.hpp"

#include <atomic>

#include "http/dry_run_transport.hpp"
#include "providers/lance/create.hpp"
#include "providers/lance/definition.hpp"
#include "providers/lance/describe.hpp"
#include "providers/lance/doctor.hpp"
#include "providers/lance/drop.hpp"
#include "providers/lance/job_requests.hpp"
#include "providers/lance/jobs.hpp"
#include "providers/lance/list.hpp"
#include "providers/lance/options.hpp"
#include "providers/lance/refresh.hpp"
#include "providers/remote/settings.hpp"

namespace matview::providers::lance {

namespace {

class LanceProvider final : public Provider {
 public:
  LanceProvider(const ProviderContext& context, Settings settings)
      : context_(context), settings_(std::move(settings)), client_(context_, false) {}

  const ProviderInfo& info() const override { return lance::info(); }

  Result<View> create(const CreateRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const Service service, with(request.options));
    return lance::create(service, request, control);
  }
  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    return plan("create", request, lance::create, control);
  }

  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const Service service, with(request.options));
    return lance::refresh(service, request, control);
  }
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    return plan("refresh", request, lance::refresh, control);
  }

  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const Service service, with(request.options));
    return lance::list(service, request, control);
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const Service service, with(request.options));
    return lance::describe(service, request, control);
  }

  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const Service service, with(request.options));
    return lance::definition(service, request, control);
  }
  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    return lance::redefined(wanted, told, context_.environment);
  }

  Result<void> drop(const DropRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const Service service, with(request.options));
    return lance::drop(service, request, control);
  }
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    return plan("drop", request, lance::drop, control);
  }

  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override {
    return lance::history(service(), request, control);
  }
  Result<Job> job(const std::string& id, Control& control) override { return follow(service(), id, control); }
  Result<Job> cancel(const std::string& id, Control& control) override { return lance::cancel(service(), id, control); }
  Result<Plan> plan_cancel(const std::string& id, Control& control) override {
    const auto record = record_of(service(), id);
    struct Cancel {
      std::string name;
      OptionValues options = {};
    } request{record ? record->job.id : id};
    const auto send = [](const Service& service, const Cancel& cancel, Control& stop) -> Result<HttpResponse> {
      MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(stop));
      return service.send(cancel_job(endpoint, cancel.name), stop);
    };
    if (record && has_ended(record->job)) {
      Plan plan;
      plan.operation = "cancel";
      plan.view = id;
      plan.reason = "it has ended";
      return plan;
    }
    return plan("cancel", request, send, control);
  }
  Result<std::vector<Check>> doctor(Control& control) override { return lance::doctor(service(), control); }

 private:
  Service service() { return {context_, info(), client_, settings_, told_no_jobs_}; }

  Result<Service> with(const OptionValues& options) {
    MATVIEW_ASSIGN(auto settings, with_options(settings_, options));
    return Service{context_, info(), client_, std::move(settings), told_no_jobs_};
  }

  /// The same operation, over a transport that sends nothing and with secrets that are none.
  template <typename Request, typename Run>
  Result<Plan> plan(std::string operation, const Request& request, Run run, Control& control) {
    http::DryRunTransport transport;
    remote::PlaceholderSecrets secrets(context_.secrets, info());
    ProviderContext context = context_;
    context.secrets = context_.secrets == nullptr ? nullptr : &secrets;
    context.transport = &transport;
    context.job_log = nullptr;
    Client client(context, true);
    MATVIEW_ASSIGN(auto settings, with_options(settings_, request.options));
    auto done = run({context, info(), client, std::move(settings), told_no_jobs_}, request, control);
    if (!done) return fail(std::move(done).error());
    Plan plan;
    plan.operation = std::move(operation);
    plan.view = request.name;
    plan.requests = transport.requests();
    return plan;
  }

  const ProviderContext context_;
  const Settings settings_;
  Client client_;
  std::atomic<bool> told_no_jobs_{false};
};

}  // namespace

const ProviderInfo& info() {
  using enum Operation;
  static const ProviderInfo k_info = [] {
    ProviderInfo info;
    info.name = "lance";
    info.summary = "a Lance namespace over REST (LanceDB, Geneva)";
    info.operations = {Operation::definition, create,           refresh, list, describe, drop, history, job, wait,
                       Operation::cancel,     Operation::doctor};
    info.options = options();
    info.settings = {"url",
                     "api_key",
                     "token",
                     "client_id",
                     "client_secret",
                     "database",
                     "user_id",
                     "namespace",
                     "delimiter",
                     "dialect",
                     "headers",
                     "identity_in_body",
                     "ca_file",
                     "cert_file",
                     "key_file",
                     "insecure",
                     "connect_timeout",
                     "request_timeout",
                     "max_requests_per_second",
                     "poll_interval",
                     "watch_limit"};
    info.variables = {{"api_key", "LANCEDB_API_KEY"},
                      {"url", "LANCEDB_URI"},
                      {"database", "LANCEDB_DATABASE"},
                      {"user_id", "LANCEDB_USER_ID"}};
    info.asynchronous = true;
    info.concurrent = true;
    info.recreates = true;
    return info;
  }();
  return k_info;
}

Result<std::unique_ptr<Provider>> open(const ProviderContext& context) {
  MATVIEW_ASSIGN(auto settings, read_settings(context));
  return std::make_unique<LanceProvider>(context, std::move(settings));
}

}  // namespace matview::providers::lance
