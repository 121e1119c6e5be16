#include "providers/dune/dune_provider.hpp"

#include "providers/dune/create.hpp"
#include "providers/dune/definition.hpp"
#include "providers/dune/describe.hpp"
#include "providers/dune/doctor.hpp"
#include "providers/dune/drop.hpp"
#include "providers/dune/dry_run.hpp"
#include "providers/dune/jobs.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/refresh.hpp"
#include "providers/dune/service.hpp"
#include "providers/dune/settings.hpp"

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
    Plan plan = about("create", request.name, "makes the view and runs its query at once, which is billed");
    if (request.replace)
      plan.reason = "if anything differs, changes that, keeps the rest and runs the query, which is billed";
    plan.mode = "full";
    plan.sql = request.query;
    return dry_run(service_, std::move(plan), [&](const Service& dry) -> Result<void> {
      MATVIEW_TRY(dune::create(dry, request, control));
      return {};
    });
  }
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    Plan plan = about("refresh", request.name, "runs the whole query, which is billed");
    plan.mode = "full";
    return dry_run(service_, std::move(plan), [&](const Service& dry) -> Result<void> {
      MATVIEW_TRY(dune::refresh(dry, request, control));
      return {};
    });
  }
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    return dry_run(service_,
                   about("drop", request.name, "removes the view, its rows and its schedule; the saved query stays"),
                   [&](const Service& dry) { return dune::drop(dry, request, control); });
  }
  Result<Plan> plan_cancel(const std::string& id, Control& control) override {
    MATVIEW_ASSIGN(const std::string execution, recorded_execution(service_, id));
    return dry_run(service_, about("cancel", "", "ends the run if it is under way; what it has done is billed"),
                   [&](const Service& dry) -> Result<void> {
                     MATVIEW_TRY(dune::cancel(dry, execution, control));
                     return {};
                   });
  }

  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    return dune::list(service_, request, control);
  }
  Result<void> add_dependencies(std::vector<View>& views, Control& control) override {
    return dune::add_dependencies(service_, views, control);
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const auto stored, require_view(service_, request.name, control));
    return dune::describe(service_, stored, request.versions, control);
  }
  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override {
    return dune::definition(service_, request, control);
  }
  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    return merged(wanted, told);
  }
  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override {
    return dune::history(service_, request, control);
  }
  Result<Job> job(const std::string& id, Control& control) override { return dune::job(service_, id, control); }
  Result<Job> cancel(const std::string& id, Control& control) override { return dune::cancel(service_, id, control); }
  Result<std::vector<Check>> doctor(Control& control) override { return dune::doctor(service_, control); }

 private:
  static Plan about(std::string operation, std::string view, std::string reason) {
    Plan plan;
    plan.operation = std::move(operation);
    plan.view = std::move(view);
    plan.reason = std::move(reason);
    return plan;
  }

  Service service_;
};

}  // namespace

const ProviderInfo& info() {
  using enum Operation;
  static const ProviderInfo k_info{
      "dune",
      "materialized views of Dune, made from saved queries",
      {create, refresh, list, describe, definition, drop, history, job, wait, cancel, doctor},
      options(),
      {"url", "owner", "api_key", "performance", "insecure", "ca_file", "connect_timeout", "request_timeout",
       "poll_interval", "max_requests_per_second"},
      {{"api_key", "DUNE_API_KEY"}, {"url", "DUNE_API_BASE_URL"}, {"url", "DUNE_API_HOST"}, {"url", "DUNE_API_URL"}},
      true,
      false,
      true};
  return k_info;
}

Result<std::unique_ptr<Provider>> open(const ProviderContext& context) {
  MATVIEW_ASSIGN(const Settings settings, read_settings(context));
  return std::make_unique<DuneProvider>(context, settings);
}

}  // namespace matview::providers::dune
