#include "app/guarded_provider.hpp"

#include <utility>

#include "app/forwarding_provider.hpp"

namespace matview::app {

namespace {

Value clean(const Value& value, const Mask& mask) {
  if (const auto* text = value.if_string()) return mask(*text);
  if (const auto* items = value.if_array()) {
    Value::Array result;
    for (const auto& item : *items) result.push_back(clean(item, mask));
    return result;
  }
  if (const auto* members = value.if_object()) {
    Value::Object result;
    for (const auto& [name, member] : *members) result.emplace_back(mask(name), clean(member, mask));
    return result;
  }
  return value;
}

Error clean(Error error, const Mask& mask) {
  for (auto* text : {&error.message, &error.detail, &error.hint, &error.request_id}) *text = mask(*text);
  return error;
}

Job clean(Job job, const Mask& mask) {
  job.reason = mask(job.reason);
  if (job.error) job.error = clean(*std::move(job.error), mask);
  job.native = clean(job.native, mask);
  return job;
}

View clean(View view, const Mask& mask) {
  if (view.last_job) view.last_job = clean(*std::move(view.last_job), mask);
  view.definition = mask(view.definition);
  view.freshness_reason = mask(view.freshness_reason);
  view.refresh_reason = mask(view.refresh_reason);
  view.native = clean(view.native, mask);
  return view;
}

CreateRequest clean(CreateRequest request, const Mask& mask) {
  request.query = mask(request.query);
  for (auto& [name, values] : request.options)
    for (auto& value : values) value = mask(value);
  return request;
}

Explanation clean(Explanation explanation, const Mask& mask) {
  explanation.reason = mask(explanation.reason);
  for (auto& technique : explanation.techniques) {
    technique.reason = mask(technique.reason);
    technique.sql = mask(technique.sql);
  }
  return explanation;
}

Check clean(Check check, const Mask& mask) {
  check.message = mask(check.message);
  check.hint = mask(check.hint);
  return check;
}

template <typename T>
std::vector<T> clean(std::vector<T> items, const Mask& mask) {
  for (auto& item : items) item = clean(std::move(item), mask);
  return items;
}

/// Warnings quote servers as errors do.
class MaskingObserver final : public Observer {
 public:
  MaskingObserver(Observer& next, const Mask& mask) : next_(next), mask_(mask) {}
  void progress(const Progress& progress) override { next_.progress(progress); }
  void warning(std::string_view text) override { next_.warning(mask_(text)); }

 private:
  Observer& next_;
  const Mask& mask_;
};

/// A caller's control that hears no secret.
struct Guarded {
  Guarded(Control& given, const Mask& mask)
      : observer(given.observer, mask), control{observer, given.stop, given.deadline} {}
  MaskingObserver observer;
  Control control;
};

class GuardedProvider final : public ForwardingProvider {
 public:
  GuardedProvider(std::unique_ptr<Provider> provider, Mask mask)
      : ForwardingProvider(std::move(provider)), mask_(std::move(mask)) {}

  Result<View> create(const CreateRequest& request, Control& control) override {
    return clean_call(&Provider::create, request, control);
  }
  Result<Plan> plan_create(const CreateRequest& request, Control& control) override {
    return call(&Provider::plan_create, request, control);
  }
  Result<Job> refresh(const RefreshRequest& request, Control& control) override {
    return clean_call(&Provider::refresh, request, control);
  }
  Result<Plan> plan_refresh(const RefreshRequest& request, Control& control) override {
    return call(&Provider::plan_refresh, request, control);
  }
  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    return clean_call(&Provider::list, request, control);
  }
  Result<void> add_dependencies(std::vector<View>& views, Control& control) override {
    return call(&Provider::add_dependencies, views, control);
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    return clean_call(&Provider::describe, request, control);
  }
  Result<CreateRequest> definition(const DescribeRequest& request, Control& control) override {
    return clean_call(&Provider::definition, request, control);
  }
  Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) override {
    return error_of(next().redefined(wanted, told));
  }
  Result<View> suspend(const std::string& name, Control& control) override {
    return clean_call(&Provider::suspend, name, control);
  }
  Result<View> resume(const std::string& name, Control& control) override {
    return clean_call(&Provider::resume, name, control);
  }
  Result<void> drop(const DropRequest& request, Control& control) override {
    return call(&Provider::drop, request, control);
  }
  Result<Plan> plan_drop(const DropRequest& request, Control& control) override {
    return call(&Provider::plan_drop, request, control);
  }
  Result<std::unique_ptr<RowStream>> query(const QueryRequest& request, Control& control) override {
    return call(&Provider::query, request, control);
  }
  Result<std::vector<Job>> history(const HistoryRequest& request, Control& control) override {
    return clean_call(&Provider::history, request, control);
  }
  Result<Verification> verify(const VerifyRequest& request, Control& control) override {
    return call(&Provider::verify, request, control);
  }
  Result<Explanation> explain(const ExplainRequest& request, Control& control) override {
    return clean_call(&Provider::explain, request, control);
  }
  Result<GcReport> gc(const GcRequest& request, Control& control) override {
    return call(&Provider::gc, request, control);
  }
  Result<Job> job(const std::string& id, Control& control) override { return clean_call(&Provider::job, id, control); }
  Result<Job> cancel(const std::string& id, Control& control) override {
    return clean_call(&Provider::cancel, id, control);
  }
  Result<Plan> plan_cancel(const std::string& id, Control& control) override {
    return call(&Provider::plan_cancel, id, control);
  }
  Result<std::vector<Check>> doctor(Control& control) override {
    Guarded guarded(control, mask_);
    return all(next().doctor(guarded.control));
  }

 private:
  /// Calls the provider behind, and takes secrets out of an error.
  template <typename T, typename Argument, typename Given>
  Result<T> call(Result<T> (Provider::*function)(Argument, Control&), Given& given, Control& control) const {
    Guarded guarded(control, mask_);
    return error_of((next().*function)(given, guarded.control));
  }
  /// Takes them out of the answer as well.
  template <typename T, typename Argument, typename Given>
  Result<T> clean_call(Result<T> (Provider::*function)(Argument, Control&), Given& given, Control& control) const {
    Guarded guarded(control, mask_);
    return all((next().*function)(given, guarded.control));
  }
  template <typename T>
  Result<T> error_of(Result<T> result) const {
    if (!result) return fail(clean(std::move(result).error(), mask_));
    return result;
  }
  template <typename T>
  Result<T> all(Result<T> result) const {
    if (result) return clean(*std::move(result), mask_);
    return error_of(std::move(result));
  }

  Mask mask_;
};

}  // namespace

Error masked(Error error, const Mask& mask) { return clean(std::move(error), mask); }

Job masked(Job job, const Mask& mask) { return clean(std::move(job), mask); }

std::unique_ptr<Provider> guard(std::unique_ptr<Provider> provider, Mask mask) {
  return std::make_unique<GuardedProvider>(std::move(provider), std::move(mask));
}

}  // namespace matview::app
