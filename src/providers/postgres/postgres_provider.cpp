#include "providers/postgres/postgres_provider.hpp"

#include <atomic>

#include "providers/postgres/create.hpp"
#include "providers/postgres/describe.hpp"
#include "providers/postgres/doctor.hpp"
#include "providers/postgres/drop.hpp"
#include "providers/postgres/records.hpp"
#include "providers/postgres/refresh.hpp"
#include "providers/postgres/settings.hpp"
#include "providers/postgres/verify.hpp"

namespace matview::providers::postgres {

namespace {

class PostgresProvider final : public Provider {
 public:
  PostgresProvider(const ProviderContext& context, ConnectionParameters parameters)
      : database_(context, std::move(parameters)) {}

  const ProviderInfo& info() const override { return postgres::info(); }

  Result<View> create(const CreateRequest& request, Control& control) override {
    return postgres::create(database_, request, control);
  }
  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    return postgres::plan_create(database_, request, control);
  }
  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    return postgres::refresh(database_, request, control);
  }
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    return postgres::plan_refresh(database_, request, control);
  }
  Result<void> drop(const DropRequest& request, Control& control) override {
    return postgres::drop(database_, request, control);
  }
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    return postgres::plan_drop(database_, request, control);
  }
  Result<std::vector<View>> list(const ListRequest&, Control& control) override {
    return postgres::list(database_, control);
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    return postgres::describe(database_, request.name, control);
  }
  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override {
    return postgres::definition(database_, request.name, control);
  }
  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    Observer nobody;
    const std::atomic<int> stop{0};
    Control control{nobody, stop, std::nullopt};
    return postgres::redefined(database_, wanted, told, control);
  }
  Result<Verification> verify(const VerifyRequest& request, Control& control) override {
    return postgres::verify(database_, request, control);
  }
  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override {
    return postgres::history(database_, request, control);
  }
  Result<Job> job(const std::string& id, Control& control) override { return postgres::job(database_, id, control); }
  Result<Job> cancel(const std::string& id, Control& control) override {
    return postgres::cancel(database_, id, control);
  }
  Result<Plan> plan_cancel(const std::string& id, Control& control) override {
    return postgres::plan_cancel(database_, id, control);
  }
  Result<std::vector<Check>> doctor(Control& control) override { return postgres::doctor(database_, control); }

 private:
  Database database_;
};

}  // namespace

const ProviderInfo& info() {
  using enum Operation;
  static const ProviderInfo k_info = [] {
    ProviderInfo info;
    info.name = "postgres";
    info.summary = "materialized views of a PostgreSQL database";
    info.operations = {create, refresh, list, describe, drop, verify, history, job, cancel, doctor, definition};
    info.options = options();
    info.settings = {"url", "host", "port", "database", "user", "service", "password", "connect_timeout"};
    return info;
  }();
  return k_info;
}

Result<std::unique_ptr<Provider>> open(const ProviderContext& context) {
  MATVIEW_ASSIGN(auto parameters, read_settings(context));
  return std::make_unique<PostgresProvider>(context, std::move(parameters));
}

}  // namespace matview::providers::postgres
