#include "providers/lance/refresh.hpp"

#include <fmt/format.h>

#include "providers/lance/jobs.hpp"
#include "providers/lance/manifest.hpp"
#include "providers/lance/refresh_requests.hpp"
#include "providers/remote/submission.hpp"

namespace matview::providers::lance {

namespace {

Result<Sighting> look(const Service& service, const Identifier& view, const RefreshSpec& spec, Control& control) {
  Sighting sighting;
  if (service.context.job_log == nullptr) return sighting;
  MATVIEW_ASSIGN(sighting, look_before(service, view, control));
  if (spec.src_version) sighting.clue.set("src_version", *spec.src_version);
  if (spec.output_limit && !sighting.kind.empty() && sighting.kind != "chunker")
    return fail(Error(ErrorCode::usage, fmt::format("--output-limit is for views of kind chunker, and this one is of "
                                                    "kind {}",
                                                    sighting.kind))
                    .with_hint("leave it away"));
  return sighting;
}

}  // namespace

void hide_manifest(const Service& service, const std::string& manifest, HttpRequest& request) {
  if (service.context.job_log == nullptr && request.body) request.body = without_secrets(*request.body, manifest);
  if (service.context.secrets == nullptr) return;
  for (auto& [name, value] : secrets_of_manifest(manifest))
    service.context.secrets->protect(Secret(std::string(value)));
}

Result<Job> refresh(const Service& service, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const RefreshSpec spec, read_refresh(request, service.context.environment));
  MATVIEW_ASSIGN(const Identifier view, identifier_of(request.name, service.settings.naming));
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  MATVIEW_ASSIGN(const Sighting sighting, look(service, view, spec, control));
  auto http_request = refresh_view(endpoint, view, spec);
  hide_manifest(service, spec.manifest, http_request);

  auto submission =
      remote::Submission::begin(service.context, service.info, "refresh", request.name, sighting.clue, control);
  const auto begun = service.context.environment.now();
  auto id = service.ask(http_request, read_refreshed, control);
  Job job;
  if (id) {
    job.id = *id;
    job.state = JobState::pending;
    return submission.accepted(std::move(job), control);
  }
  Error error = std::move(id).error();
  if (error.unanswered && error.code == ErrorCode::unavailable) {
    JobRecord before;
    before.clue = sighting.clue;
    before.job.submitted_at = begun;
    if (auto found = look_after(service, before, control)) return submission.accepted(*std::move(found), control);
  }
  return fail(submission.failed(std::move(error), control));
}

}  // namespace matview::providers::lance
