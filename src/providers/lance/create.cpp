#include "providers/lance/create.hpp"

#include <fmt/format.h>

#include "arrow/schema_text.hpp"
#include "providers/lance/create_requests.hpp"
#include "providers/lance/describe.hpp"
#include "providers/lance/jobs.hpp"
#include "providers/lance/refresh.hpp"
#include "providers/remote/submission.hpp"
#include "support/sha256.hpp"

namespace matview::providers::lance {

namespace {

View new_view(const Service& service, const CreateRequest& request, const CreateSpec& spec, const Identifier& id) {
  View view;
  view.name = request.name;
  view.profile = service.context.profile;
  view.provider = service.info.name;
  view.kind = spec.kind;
  view.definition = spec.source_query;
  view.freshness = spec.with_no_data ? Freshness::empty : Freshness::unknown;
  view.auto_refresh = spec.auto_refresh;
  view.created_at = service.context.environment.now();
  for (const auto& field : spec.schema.fields)
    view.columns.push_back({field.name, arrow::print_type(field) + (field.nullable ? "" : " not null")});
  Value path = Value::array();
  for (const auto& part : id.path) path.push(part);
  view.native.set("path", std::move(path));
  return view;
}

/// The view that has the name, if it is one that the request would have made.
std::optional<View> existing(const Service& service, const CreateRequest& request, Control& control) {
  auto view = describe(service, {request.name, false}, control);
  return view ? std::optional(*std::move(view)) : std::nullopt;
}

Result<View> leave_as_it_is(const Service& service, const CreateRequest& request, Error error, Control& control) {
  auto view = describe(service, {request.name, false}, control);
  if (!view) return fail(std::move(error));
  if (view->kind != "table" || view->columns.empty()) return view;
  error.hint = "it is a table and, as far as can be told, no view; choose another name";
  return fail(std::move(error));
}

/// An answer that was lost: where a view with this very definition is there now, it was created.
Result<View> look_again(const Service& service, const CreateRequest& request, Error error, Control& control) {
  if (error.code == ErrorCode::unavailable)
    if (auto view = existing(service, request, control); view && view->definition == request.query)
      return *std::move(view);
  if (error.hint.empty()) error.hint = fmt::format("it may have been created: 'matview show {}' tells", request.name);
  return fail(std::move(error));
}

Result<View> conclude(const Service& service, const CreateRequest& request, Error error, Control& control) {
  if (error.code == ErrorCode::conflict && request.if_not_exists)
    return leave_as_it_is(service, request, std::move(error), control);
  if (error.code == ErrorCode::conflict && error.hint.empty())
    error.hint = "--if-not-exists leaves it as it is; to change it, drop it first";
  return fail(std::move(error));
}

}  // namespace

Result<View> create(const Service& service, const CreateRequest& request, Control& control) {
  MATVIEW_ASSIGN(const CreateSpec spec, read_create(request, service.context.environment));
  MATVIEW_ASSIGN(const Identifier id, identifier_of(request.name, service.settings.naming));
  for (const auto& warning : spec.warnings) control.observer.warning(warning);
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  auto http_request = create_view(endpoint, id, spec);
  if (spec.udtf) hide_manifest(service, spec.udtf->manifest, http_request);
  View view = new_view(service, request, spec, id);

  if (spec.with_no_data) {
    auto created = service.ask(http_request, read_created, control);
    if (created) {
      view.version = created->version;
      // A server that fills views all the same has said so.
      if (!created->job_id.empty()) view.native.set("job_id", created->job_id);
      return view;
    }
    Error error = std::move(created).error();
    if (error.unanswered) return look_again(service, request, std::move(error), control);
    return conclude(service, request, std::move(error), control);
  }

  Value clue = body_with_id(id);
  clue.set("delimiter", id.delimiter).set("jobs", Value::array()).set("definition", support::sha256(spec.source_query));
  auto submission = remote::Submission::begin(service.context, service.info, "create", request.name, clue, control);
  const auto begun = service.context.environment.now();
  auto created = service.ask(http_request, read_created, control);
  Job job;
  if (created) {
    view.version = created->version;
    job.id = created->job_id;
    job.state = JobState::pending;
    job.native.set("created_version", created->version);
    view.last_job = submission.accepted(std::move(job), control);
    view.state = ViewState::refreshing;
    return view;
  }
  Error error = std::move(created).error();
  if (error.unanswered && error.code == ErrorCode::unavailable) {
    JobRecord before;
    before.clue = clue;
    before.job.submitted_at = begun;
    if (auto found = look_after(service, before, control)) {
      view.last_job = submission.accepted(*std::move(found), control);
      return view;
    }
  }
  const bool unanswered = error.unanswered;
  error = submission.failed(std::move(error), control);
  if (unanswered) return fail(std::move(error));
  return conclude(service, request, std::move(error), control);
}

}  // namespace matview::providers::lance
