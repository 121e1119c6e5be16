#include "app/forwarding_provider.hpp"

#include <utility>

namespace matview::app {

ForwardingProvider::ForwardingProvider(std::unique_ptr<Provider> next) : next_(std::move(next)) {}

const ProviderInfo& ForwardingProvider::info() const { return next_->info(); }
void ForwardingProvider::begin_run() { next_->begin_run(); }
void ForwardingProvider::join_run(Provider& leader, std::size_t members) {
  auto* forwarding = dynamic_cast<ForwardingProvider*>(&leader);
  next_->join_run(forwarding != nullptr ? *forwarding->next_ : leader, members);
}
Result<View> ForwardingProvider::create(const CreateRequest& request, Control& control) {
  return next_->create(request, control);
}
Result<Plan> ForwardingProvider::plan_create(const CreateRequest& request, Control& control) {
  return next_->plan_create(request, control);
}
Result<Job> ForwardingProvider::refresh(const RefreshRequest& request, Control& control) {
  return next_->refresh(request, control);
}
Result<Plan> ForwardingProvider::plan_refresh(const RefreshRequest& request, Control& control) {
  return next_->plan_refresh(request, control);
}
Result<std::vector<View>> ForwardingProvider::list(const ListRequest& request, Control& control) {
  return next_->list(request, control);
}
Result<void> ForwardingProvider::add_dependencies(std::vector<View>& views, Control& control) {
  return next_->add_dependencies(views, control);
}
Result<View> ForwardingProvider::describe(const DescribeRequest& request, Control& control) {
  return next_->describe(request, control);
}
Result<void> ForwardingProvider::drop(const DropRequest& request, Control& control) {
  return next_->drop(request, control);
}
Result<Plan> ForwardingProvider::plan_drop(const DropRequest& request, Control& control) {
  return next_->plan_drop(request, control);
}
Result<std::unique_ptr<RowStream>> ForwardingProvider::query(const QueryRequest& request, Control& control) {
  return next_->query(request, control);
}
Result<std::vector<Job>> ForwardingProvider::history(const HistoryRequest& request, Control& control) {
  return next_->history(request, control);
}
Result<CreateRequest> ForwardingProvider::definition(const DescribeRequest& request, Control& control) {
  return next_->definition(request, control);
}
Result<CreateRequest> ForwardingProvider::redefined(const CreateRequest& wanted, const CreateRequest& told) {
  return next_->redefined(wanted, told);
}
Result<View> ForwardingProvider::suspend(const std::string& name, Control& control) {
  return next_->suspend(name, control);
}
Result<View> ForwardingProvider::resume(const std::string& name, Control& control) {
  return next_->resume(name, control);
}
Result<Verification> ForwardingProvider::verify(const VerifyRequest& request, Control& control) {
  return next_->verify(request, control);
}
Result<Explanation> ForwardingProvider::explain(const ExplainRequest& request, Control& control) {
  return next_->explain(request, control);
}
Result<GcReport> ForwardingProvider::gc(const GcRequest& request, Control& control) {
  return next_->gc(request, control);
}
Result<Job> ForwardingProvider::job(const std::string& id, Control& control) { return next_->job(id, control); }
Result<Job> ForwardingProvider::cancel(const std::string& id, Control& control) { return next_->cancel(id, control); }
Result<Plan> ForwardingProvider::plan_cancel(const std::string& id, Control& control) {
  return next_->plan_cancel(id, control);
}
Result<std::vector<Check>> ForwardingProvider::doctor(Control& control) { return next_->doctor(control); }

}  // namespace matview::app
