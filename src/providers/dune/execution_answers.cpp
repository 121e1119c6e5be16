#include "providers/dune/execution_answers.hpp"

#include <fmt/format.h>

#include "providers/dune/wire.hpp"
#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::string_view k_expired = "QUERY_STATE_EXPIRED";

/// The state in the service's word as ours. An unknown word may come at any time: then the flag decides whether it is
/// over, and nothing whether it went well.
JobState state_of(const Value& body, const std::string& word) {
  if (word == "QUERY_STATE_PENDING") return JobState::pending;
  if (word == "QUERY_STATE_EXECUTING") return JobState::running;
  if (word == "QUERY_STATE_COMPLETED" || word == "QUERY_STATE_COMPLETED_PARTIAL") return JobState::succeeded;
  if (word == "QUERY_STATE_FAILED") return JobState::failed;
  // The documentation has one spelling, the service the other.
  if (word == "QUERY_STATE_CANCELLED" || word == "QUERY_STATE_CANCELED") return JobState::cancelled;
  const bool has_error = body.at("error").if_object() != nullptr || body.at("error").if_string() != nullptr;
  if (word == k_expired) return has_error ? JobState::failed : JobState::unknown;
  const bool finished =
      remote::boolean(body, "is_execution_finished").value_or(remote::time(body, "execution_ended_at").has_value());
  if (!finished) return JobState::running;
  return has_error ? JobState::failed : JobState::unknown;
}

Error read_failure(const Value& error) {
  std::string said = error.if_string() != nullptr ? *error.if_string() : remote::text(error, "message");
  const std::string type = remote::text(error, "type");
  if (said.empty()) said = type;
  if (said.empty()) said = "the service does not say why";
  const auto line = remote::integer(error.at("metadata"), "line");
  const auto column = remote::integer(error.at("metadata"), "column");
  if (line && column && !said.starts_with("line ")) said = fmt::format("line {}:{}: {}", *line, *column, said);
  // The rest of a text of several lines is for a person.
  const auto end = said.find('\n');
  Error failure(ErrorCode::failed, support::strip_control(said.substr(0, end)));
  if (end != std::string::npos) failure.detail = support::strip_control(said.substr(end + 1), support::Newlines::keep);
  return failure;
}

void set_number(Value& native, const char* key, const Value& object, const char* name) {
  const Value& number = object.at(name);
  if (number.if_integer() != nullptr || number.if_double() != nullptr || number.if_number() != nullptr)
    native.set(key, number);
}

Value read_native(const Value& body, const std::string& word) {
  Value native;
  native.set("state", word);
  set_number(native, "query_id", body, "query_id");
  set_number(native, "credits", body, "execution_cost_credits");
  set_number(native, "queue_position", body, "queue_position");
  set_number(native, "max_inflight_interactive_executions", body, "max_inflight_interactive_executions");
  set_number(native, "max_inflight_interactive_reached", body, "max_inflight_interactive_reached");
  const Value& result = body.at("result_metadata");
  set_number(native, "result_bytes", result, "total_result_set_bytes");
  set_number(native, "pending_time_millis", result, "pending_time_millis");
  set_number(native, "execution_time_millis", result, "execution_time_millis");
  if (const auto expires = remote::text(body, "expires_at"); !expires.empty()) native.set("result_expires_at", expires);
  if (const auto type = remote::text(body.at("error"), "type"); !type.empty()) native.set("error_type", type);
  return native;
}

void set_times(Job& job, const Value& body) {
  job.submitted_at = remote::time(body, "submitted_at");
  job.started_at = remote::time(body, "execution_started_at");
  job.finished_at = remote::time(body, "execution_ended_at");
  if (!job.finished_at && job.state == JobState::cancelled) job.finished_at = remote::time(body, "cancelled_at");
  if (job.started_at && job.finished_at && *job.finished_at >= *job.started_at)
    job.elapsed = *job.finished_at - *job.started_at;
}

}  // namespace

Result<Job> read_execution(const HttpResponse& response, std::string_view id) {
  auto read = read_body(response);
  if (!read) {
    Error error = std::move(read).error();
    const bool unknown = error.code == ErrorCode::not_found ||
                         (response.status == 400 && error.message.find("execution ID") != std::string::npos);
    if (!unknown) return fail(std::move(error));
    error.code = ErrorCode::not_found;
    return fail(std::move(error)
                    .with_context(fmt::format("the service knows no execution '{}': ", support::strip_control(id)))
                    .with_hint("the id is wrong, or the key belongs to another account"));
  }
  const Value body = *std::move(read);
  const std::string word = remote::text(body, "state");
  Job job;
  job.id = remote::text(body, "execution_id");
  if (job.id.empty()) job.id = id;
  job.mode = "full";
  job.state = state_of(body, word);
  if (job.state == JobState::failed) job.error = read_failure(body.at("error"));
  if (word == "QUERY_STATE_COMPLETED_PARTIAL")
    job.reason = "warning: the result was cut, being larger than the service stores";
  if (word == k_expired && job.state == JobState::unknown)
    job.reason = "its result has expired, and the service does not tell any more how it ended";
  else if (job.state == JobState::unknown)
    job.reason = fmt::format("it has ended in a state not known here: '{}'", support::strip_control(word));
  set_times(job, body);
  const Value& result = body.at("result_metadata");
  job.rows_total = remote::integer(result, "total_row_count");
  if (!job.rows_total) job.rows_total = remote::integer(result, "row_count");
  job.native = read_native(body, word);
  return job;
}

Result<bool> read_cancelled(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_body(response));
  return remote::boolean(body, "success").value_or(true);
}

bool is_forgotten(const Job& job) { return remote::text(job.native, "state") == k_expired; }

bool is_under_way(const Job& job) { return job.state == JobState::pending || job.state == JobState::running; }

}  // namespace matview::providers::dune
