#include "providers/dune/dune_provider.hpp"

#include "http/dry_run_transport.hpp"
#include "providers/dune/create.hpp"
#include "providers/dune/create_spec.hpp"
#include "providers/dune/describe.hpp"
#include "providers/dune/doctor.hpp"
#include "providers/dune/drop.hpp"
#include "providers/dune/jobs.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/refresh.hpp"
#include "providers/dune/service.hpp"
#include "providers/dune/settings.hpp"
#include "providers/remote/settings.hpp"

namespace matview::providers::dune {

namespace {

class DuneProvider final : public Provider {
 public:
  DuneProvider(const ProviderContext& context, const Settings& settings) : service_(context, settings) {}

  const ProviderInfo& info() const override { return dune::info(); }

  Result<View> create(const CreateRequest& request, Control& control) override {
    return dune::create(service_, request, control);
  }
  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    return dune::refresh(service_, request, control);
  }
  Result<void> drop(const DropRequest& request, Control& control) override {
    return dune::drop(service_, request, control);
  }

  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    MATVIEW_ASSIGN(auto plan, planned("create", request.name,
                                      [&](const Service& dry) { return dune::create(dry, request, control); }));
    plan.mode = "full";
    plan.sql = request.query;
    plan.reason = request.replace ? "if anything differs, changes that, keeps the rest as the service tells it, and "
                                    "runs the query, which is billed"
                                  : "makes the view and runs its query at once, which is billed";
    return plan;
  }
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    MATVIEW_ASSIGN(auto plan, planned("refresh", request.name,
                                      [&](const Service& dry) { return dune::refresh(dry, request, control); }));
    plan.mode = "full";
    plan.reason = "runs the whole query, which is billed";
    return plan;
  }
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    MATVIEW_ASSIGN(auto plan, planned("drop", request.name,
                                      [&](const Service& dry) { return dune::drop(dry, request, control); }));
    plan.reason = "removes the view with its rows and its schedule; the saved query stays";
    return plan;
  }

  Result<Plan> plan_cancel(const std::string& id, Control& control) override {
    MATVIEW_ASSIGN(const std::string execution, recorded_execution(service_, id));
    MATVIEW_ASSIGN(auto plan,
                   planned("cancel", "", [&](const Service& dry) { return dune::cancel(dry, execution, control); }));
    plan.reason = "ends the run if it is under way; what it has done so far is billed";
    return plan;
  }

  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    return dune::list(service_, request, control);
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const auto stored, require_view(service_, request.name, control));
    return dune::describe(service_, stored, request.versions, control);
  }
  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override {
    return dune::history(service_, request, control);
  }
  Result<Job> job(const std::string& id, Control& control) override { return dune::job(service_, id, control); }
  Result<Job> cancel(const std::string& id, Control& control) override { return dune::cancel(service_, id, control); }
  Result<std::vector<Check>> doctor(Control& control) override { return dune::doctor(service_, control); }

 private:
  /// What `operation` would send, found by letting it run over a transport that sends nothing. Ids that only answers
  /// tell are words in capitals there, or 0.
  template <typename Run>
  Result<Plan> planned(std::string operation, std::string view, Run run) {
    http::DryRunTransport transport;
    remote::PlaceholderSecrets secrets(service_.context().secrets, info());
    ProviderContext context = service_.context();
    context.transport = &transport;
    context.secrets = &secrets;
    context.job_log = nullptr;
    Settings settings = service_.settings();
    settings.owner = service_.owner();
    Service dry(context, settings);
    dry.set_dry_run();
    MATVIEW_TRY(run(dry));
    Plan plan;
    plan.operation = std::move(operation);
    plan.view = std::move(view);
    plan.requests = transport.requests();
    plan.native = placeholders(plan.requests);
    return plan;
  }

  /// What the words and the number mean that stand for what only answers tell, if any of them occur.
  static Value placeholders(const std::vector<HttpRequest>& requests) {
    Value meanings;
    const auto explain = [&](const char* word, const char* meaning, auto... forms) {
      for (const auto& request : requests)
        for (const std::string_view form : {forms...})
          if (request.url.find(form) != std::string::npos || request.body.value_or("").find(form) != std::string::npos)
            return void(meanings.set(word, meaning));
    };
    explain("OWNER", "the handle of the account", "dune.OWNER.");
    explain("EXECUTION_ID", "the newest run of the view, if it has one", "EXECUTION_ID");
    explain("0", "the id of the saved query", "/query/0", "\"query_id\":0");
    return meanings;
  }

  Service service_;
};

}  // namespace

const ProviderInfo& info() {
  using enum Operation;
  static const ProviderInfo k_info{
      "dune",
      "materialized views of Dune, made from saved queries",
      {create, refresh, list, describe, drop, history, job, wait, cancel, doctor},
      options(),
      {"url", "owner", "api_key", "performance", "insecure", "ca_file", "connect_timeout", "request_timeout",
       "poll_interval", "max_requests_per_second"},
      {{"api_key", "DUNE_API_KEY"}, {"url", "DUNE_API_BASE_URL"}, {"url", "DUNE_API_HOST"}, {"url", "DUNE_API_URL"}},
      true};
  return k_info;
}

Result<std::unique_ptr<Provider>> open(const ProviderContext& context) {
  MATVIEW_ASSIGN(const Settings settings, read_settings(context));
  return std::make_unique<DuneProvider>(context, settings);
}

}  // namespace matview::providers::dune
