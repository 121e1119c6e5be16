#include "providers/thoughtspot/thoughtspot_provider.hpp"

#include <fmt/format.h>

#include "http/dry_run_transport.hpp"
#include "providers/remote/settings.hpp"
#include "providers/thoughtspot/catalog.hpp"
#include "providers/thoughtspot/client.hpp"
#include "providers/thoughtspot/create.hpp"
#include "providers/thoughtspot/describe.hpp"
#include "providers/thoughtspot/doctor.hpp"
#include "providers/thoughtspot/drop.hpp"
#include "providers/thoughtspot/export.hpp"
#include "providers/thoughtspot/refresh.hpp"

namespace matview::providers::thoughtspot {

namespace {

class ThoughtSpotProvider final : public Provider {
 public:
  ThoughtSpotProvider(const ProviderContext& context, Settings settings)
      : context_(context), settings_(std::move(settings)), client_(context_, settings_) {}

  const ProviderInfo& info() const override { return thoughtspot::info(); }

  Result<View> create(const CreateRequest& request, Control& control) override {
    if (remote::has_flag(request.options, "remote"))
      return fail(Error(ErrorCode::usage, "--remote belongs to --dry-run")
                      .with_hint("with both the server validates the definition and makes nothing"));
    // Before a login: what is wrong with the request shows without one.
    MATVIEW_ASSIGN(const auto definition, read_definition(request, context_.environment));
    return explained(thoughtspot::create(client_, request, definition, control));
  }

  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    MATVIEW_ASSIGN(const auto definition, read_definition(request, context_.environment));
    const bool remote = remote::has_flag(request.options, "remote");
    if (remote) MATVIEW_TRY(explained(validate(client_, request, definition, control)));
    return plan("create", request.name, remote ? "ThoughtSpot finds the definition valid" : std::string(), control,
                [&](Client& client, Control& deaf) { return thoughtspot::create(client, request, definition, deaf); });
  }

  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    return explained(thoughtspot::refresh(client_, request, control));
  }

  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    return plan("refresh", request.name, {}, control,
                [&](Client& client, Control& deaf) { return thoughtspot::refresh(client, request, deaf); });
  }

  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    return explained(thoughtspot::list(client_, request, control));
  }

  Result<View> describe(const DescribeRequest& request, Control& control) override {
    return explained(thoughtspot::describe(client_, request, control));
  }

  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override {
    return explained(thoughtspot::definition(client_, request, control));
  }

  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    return thoughtspot::redefined(wanted, told, context_.environment);
  }

  Result<void> drop(const DropRequest& request, Control& control) override {
    return explained(thoughtspot::drop(client_, request, control));
  }

  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    return plan("drop", request.name, {}, control,
                [&](Client& client, Control& deaf) { return thoughtspot::drop(client, request, deaf); });
  }

  Result<std::vector<Job>> history(const HistoryRequest& request, Control&) override {
    return thoughtspot::history(context_, request.name, request.limit);
  }

  Result<Job> job(const std::string& id, Control&) override { return find_job(context_, id); }

  Result<std::vector<Check>> doctor(Control& control) override { return thoughtspot::doctor(client_, control); }

 private:
  /// The same code as the operation's, over a transport that sends nothing and with placeholders for secrets.
  template <typename Operation>
  Result<Plan> plan(std::string operation, const std::string& view, std::string reason, Control& control,
                    Operation run) {
    http::DryRunTransport transport;
    remote::PlaceholderSecrets secrets(context_.secrets, info());
    ProviderContext context{context_.profile, context_.settings, context_.environment, &secrets, &transport, nullptr};
    Observer nobody;
    Control deaf{nobody, control.stop, control.deadline};
    {
      Client client(context, settings_);
      MATVIEW_TRY(run(client, deaf));
    }
    Plan plan;
    plan.operation = std::move(operation);
    plan.view = view;
    plan.reason = std::move(reason);
    if (plan.reason.empty() && !is_guid(view))
      plan.reason = fmt::format("{} stands for the view's id, which an answer tells", k_unknown_id);
    plan.requests = transport.requests();
    return plan;
  }

  /// A refused credential gets told where it comes from.
  template <typename T>
  Result<T> explained(Result<T> result) {
    if (result || result.error().code != ErrorCode::auth) return result;
    const auto login = choose_login(settings_, context_.secrets, context_.profile);
    if (!login) return result;
    return fail(with_login_hint(std::move(result).error(), *login, context_.profile));
  }

  ProviderContext context_;
  Settings settings_;
  Client client_;
};

}  // namespace

Result<std::unique_ptr<Provider>> open(const ProviderContext& context) {
  MATVIEW_ASSIGN(auto settings, read_settings(context));
  return std::make_unique<ThoughtSpotProvider>(context, std::move(settings));
}

}  // namespace matview::providers::thoughtspot
