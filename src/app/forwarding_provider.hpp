#pragma once

#include <memory>

#include "matview/provider.hpp"

namespace matview::app {

/// A provider that leaves every call to another, which it owns. What stands before a provider derives from it and
/// overrides what it changes.
class ForwardingProvider : public Provider {
 public:
  explicit ForwardingProvider(std::unique_ptr<Provider> next);

  const ProviderInfo& info() const override;
  void begin_run() override;
  void join_run(Provider& leader, std::size_t members) override;
  Result<View> create(const CreateRequest& request, Control& control) override;
  Result<Plan> plan_create(const CreateRequest& request, Control& control) override;
  Result<Job> refresh(const RefreshRequest& request, Control& control) override;
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override;
  Result<std::vector<View>> list(const ListRequest& request, Control& control) override;
  Result<void> add_dependencies(std::vector<View>& views, Control& control) override;
  Result<View> describe(const DescribeRequest& request, Control& control) override;
  Result<void> drop(const DropRequest& request, Control& control) override;
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override;
  Result<std::unique_ptr<RowStream>> query(const QueryRequest& request, Control& control) override;
  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override;
  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override;
  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override;
  Result<View> suspend(const std::string& name, Control& control) override;
  Result<View> resume(const std::string& name, Control& control) override;
  Result<Verification> verify(const VerifyRequest& request, Control& control) override;
  Result<Explanation> explain(const ExplainRequest& request, Control& control) override;
  Result<GcReport> gc(const GcRequest& request, Control& control) override;
  Result<Job> job(const std::string& id, Control& control) override;
  Result<Job> cancel(const std::string& id, Control& control) override;
  Result<Plan> plan_cancel(const std::string& id, Control& control) override;
  Result<std::vector<Check>> doctor(Control& control) override;

 protected:
  Provider& next() const { return *next_; }

 private:
  std::unique_ptr<Provider> next_;
};

}  // namespace matview::app
