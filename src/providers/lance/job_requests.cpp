#include "providers/lance/job_requests.hpp"

#include <fmt/format.h>

namespace matview::providers::lance {

namespace {

Value body_of(std::string_view key, std::string_view value) {
  Value body;
  body.set(key, value);
  return body;
}

}  // namespace

HttpRequest list_jobs(const Endpoint& endpoint, std::string_view token) {
  return post(endpoint, "list jobs", "v1/jobs/list", {}, token.empty() ? Value() : body_of("page_token", token));
}

HttpRequest describe_job(const Endpoint& endpoint, std::string_view id) {
  return post(endpoint, fmt::format("look at job '{}'", id), "v1/jobs/describe", {}, body_of("job_id", id));
}

HttpRequest cancel_job(const Endpoint& endpoint, std::string_view id) {
  auto request = post(endpoint, fmt::format("cancel job '{}'", id), "v1/jobs/cancel", {}, body_of("job_id", id));
  request.retry = RetryRule::idempotent();
  return request;
}

}  // namespace matview::providers::lance
