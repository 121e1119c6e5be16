#include "providers/lance/create_requests.hpp"

#include <fmt/format.h>

#include "providers/lance/errors.hpp"
#include "providers/remote/fields.hpp"

namespace matview::providers::lance {

HttpRequest create_view(const Endpoint& endpoint, const Identifier& view, const CreateSpec& spec) {
  Value body = body_with_id(view);
  body.set("kind", spec.kind).set("source_query", spec.source_query).set("output_schema", spec.output_schema);
  if (spec.udtf) body.set("udtf_spec", udtf_body(*spec.udtf));
  body.set("with_no_data", spec.with_no_data);
  if (spec.auto_refresh) body.set("auto_refresh", true);
  auto request =
      post(endpoint, fmt::format("create '{}'", join_path(view.path, view.delimiter)),
           fmt::format("v1/materialized_view/{}/create", segment(view)), delimiter_parameter(view), std::move(body));
  request.retry = busy_only();
  request.assumed = {201, {}, spec.with_no_data ? R"({"version":1})" : R"({"version":1,"job_id":"JOB"})"};
  return request;
}

Result<Created> read_created(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  return Created{remote::integer(body, "version").value_or(0), remote::text(body, "job_id")};
}

}  // namespace matview::providers::lance
