#include "matview/provider.hpp"

#include <fmt/format.h>

#include "matview/registry.hpp"

namespace matview {

Error Provider::unsupported(Operation operation) const {
  return Error(ErrorCode::unsupported,
               fmt::format("the provider '{}' cannot do '{}'", info().name, to_string(operation)));
}

Result<View> Provider::create(const CreateRequest&, Control&) { return fail(unsupported(Operation::create)); }
Result<Plan> Provider::plan_create(const CreateRequest&, Control&) { return fail(unsupported(Operation::create)); }
Result<Job> Provider::refresh(const RefreshRequest&, Control&) { return fail(unsupported(Operation::refresh)); }
Result<Plan> Provider::plan_refresh(const RefreshRequest&, Control&) { return fail(unsupported(Operation::refresh)); }
Result<std::vector<View>> Provider::list(const ListRequest&, Control&) { return fail(unsupported(Operation::list)); }
Result<View> Provider::describe(const DescribeRequest&, Control&) { return fail(unsupported(Operation::describe)); }
Result<void> Provider::drop(const DropRequest&, Control&) { return fail(unsupported(Operation::drop)); }
Result<Plan> Provider::plan_drop(const DropRequest&, Control&) { return fail(unsupported(Operation::drop)); }
Result<std::unique_ptr<RowStream>> Provider::query(const QueryRequest&, Control&) {
  return fail(unsupported(Operation::query));
}
Result<std::vector<Job>> Provider::history(const HistoryRequest&, Control&) {
  return fail(unsupported(Operation::history));
}
Result<CreateRequest> Provider::definition(const DescribeRequest&, Control&) {
  return fail(unsupported(Operation::definition));
}
Result<CreateRequest> Provider::redefined(const CreateRequest& wanted, const CreateRequest& told) {
  CreateRequest request = told;
  if (!wanted.query.empty()) request.query = wanted.query;
  request.kind = wanted.kind;
  request.tags = wanted.tags;
  request.options = wanted.options;
  return request;
}
Result<View> Provider::suspend(const std::string&, Control&) { return fail(unsupported(Operation::suspend)); }
Result<View> Provider::resume(const std::string&, Control&) { return fail(unsupported(Operation::suspend)); }
Result<Verification> Provider::verify(const VerifyRequest&, Control&) { return fail(unsupported(Operation::verify)); }
Result<Explanation> Provider::explain(const ExplainRequest&, Control&) { return fail(unsupported(Operation::explain)); }
Result<GcReport> Provider::gc(const GcRequest&, Control&) { return fail(unsupported(Operation::gc)); }
Result<Job> Provider::job(const std::string&, Control&) { return fail(unsupported(Operation::job)); }
Result<Job> Provider::cancel(const std::string&, Control&) { return fail(unsupported(Operation::cancel)); }
Result<Plan> Provider::plan_cancel(const std::string& id, Control&) {
  if (!info().operations.contains(Operation::cancel)) return fail(unsupported(Operation::cancel));
  Plan plan;
  plan.operation = "cancel";
  plan.native.set("job", id);
  return plan;
}
Result<std::vector<Check>> Provider::doctor(Control&) { return fail(unsupported(Operation::doctor)); }

const ProviderEntry* find_provider(Registry registry, std::string_view name) {
  for (const auto& entry : registry)
    if (entry.info().name == name) return &entry;
  return nullptr;
}

}  // namespace matview
