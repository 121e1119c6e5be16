#include <utility>

#include "app/known_views.hpp"

namespace matview::app {

namespace {

KnownView known(const View& view) { return {view.name, view.tags}; }

/// Notes what goes by and changes nothing of it.
class RememberingProvider final : public Provider {
 public:
  RememberingProvider(std::unique_ptr<Provider> provider, const Environment& environment, std::string_view profile)
      : provider_(std::move(provider)), known_(environment, profile) {}

  const ProviderInfo& info() const override { return provider_->info(); }
  void begin_run() override { provider_->begin_run(); }

  Result<View> create(const CreateRequest& request, Control& control) override {
    auto view = provider_->create(request, control);
    if (view) known_.add(known(*view));
    return view;
  }
  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    return provider_->plan_create(request, control);
  }
  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    return provider_->refresh(request, control);
  }
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    return provider_->plan_refresh(request, control);
  }
  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    auto views = provider_->list(request, control);
    if (!views) return views;
    std::vector<KnownView> all;
    for (const auto& view : *views) all.push_back(known(view));
    known_.replace(all);
    return views;
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    auto view = provider_->describe(request, control);
    if (view)
      known_.add(known(*view));
    else if (view.error().code == ErrorCode::not_found)
      known_.remove(request.name);
    return view;
  }
  Result<void> drop(const DropRequest& request, Control& control) override {
    auto dropped = provider_->drop(request, control);
    if (dropped || dropped.error().code == ErrorCode::not_found) known_.remove(request.name);
    return dropped;
  }
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    return provider_->plan_drop(request, control);
  }
  Result<std::unique_ptr<RowStream>> query(const QueryRequest& request, Control& control) override {
    return provider_->query(request, control);
  }
  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override {
    return provider_->history(request, control);
  }
  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override {
    return provider_->definition(request, control);
  }
  Result<View> suspend(const std::string& name, Control& control) override { return provider_->suspend(name, control); }
  Result<View> resume(const std::string& name, Control& control) override { return provider_->resume(name, control); }
  Result<Verification> verify(const VerifyRequest& request, Control& control) override {
    return provider_->verify(request, control);
  }
  Result<Explanation> explain(const ExplainRequest& request, Control& control) override {
    return provider_->explain(request, control);
  }
  Result<GcReport> gc(const GcRequest& request, Control& control) override { return provider_->gc(request, control); }
  Result<Job> job(const std::string& id, Control& control) override { return provider_->job(id, control); }
  Result<Job> cancel(const std::string& id, Control& control) override { return provider_->cancel(id, control); }
  Result<Plan> plan_cancel(const std::string& id, Control& control) override {
    return provider_->plan_cancel(id, control);
  }
  Result<std::vector<Check>> doctor(Control& control) override { return provider_->doctor(control); }

 private:
  std::unique_ptr<Provider> provider_;
  KnownViews known_;
};

}  // namespace

std::unique_ptr<Provider> remember_views(std::unique_ptr<Provider> provider, const Environment& environment,
                                         std::string_view profile) {
  return std::make_unique<RememberingProvider>(std::move(provider), environment, profile);
}

}  // namespace matview::app
