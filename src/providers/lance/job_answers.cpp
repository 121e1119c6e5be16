#include "providers/lance/job_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "providers/lance/errors.hpp"
#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"

namespace matview::providers::lance {

namespace {

// Words of LanceDB's services and of Geneva's own records.
constexpr std::array<std::pair<std::string_view, JobState>, 21> k_states{{
    {"pending", JobState::pending},     {"created", JobState::pending},     {"queued", JobState::pending},
    {"scheduled", JobState::pending},   {"submitted", JobState::pending},   {"in_progress", JobState::running},
    {"running", JobState::running},     {"committing", JobState::running},  {"paused", JobState::running},
    {"done", JobState::succeeded},      {"succeeded", JobState::succeeded}, {"success", JobState::succeeded},
    {"finished", JobState::succeeded},  {"completed", JobState::succeeded}, {"failed", JobState::failed},
    {"error", JobState::failed},        {"timed_out", JobState::failed},    {"timeout", JobState::failed},
    {"cancelled", JobState::cancelled}, {"canceled", JobState::cancelled},  {"killed", JobState::cancelled},
}};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return result;
}

/// The first of these that is there.
std::string first_text(const Value& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (auto text = remote::text(object, key); !text.empty()) return text;
  return {};
}

/// Also of a geneva record, whose metrics are a list of {name, n, total}.
void add_native(const Value& body, Job& job) {
  const auto state = first_text(body, {"job_state", "state", "status"});
  if (!state.empty()) job.native.set("state", state);
  if (const auto type = remote::text(body, "job_type"); !type.empty()) job.native.set("type", type);
  const Value& failure = body.at("failure");
  if (const auto phase = remote::text(failure, "phase"); !phase.empty()) job.native.set("phase", phase);
}

Error failure_of(const Value& body, std::string_view word) {
  const Value& failure = body.at("failure");
  auto message = remote::first_line(first_text(failure, {"message", "error", "detail"}));
  if (message.empty()) message = remote::first_line(first_text(body, {"error", "message"}));
  if (message.empty()) message = fmt::format("the job ended as '{}' and says no more", lower(word));
  Error error(ErrorCode::failed, std::move(message));
  if (const auto phase = remote::first_line(remote::text(failure, "phase")); !phase.empty())
    error.message += fmt::format(" (while it was at '{}')", phase);
  error.retryable = remote::boolean(failure, "retryable").value_or(false);
  if (error.message.find("stable row id") != std::string::npos)
    error.hint =
        "the source has to have stable row ids, which are chosen when it is written for the first time "
        "(new_table_enable_stable_row_ids)";
  return error;
}

Job job_of(const Value& body) {
  Job job;
  job.id = remote::text(body, "job_id");
  job.view = first_text(body, {"table", "table_name"});
  const auto word = first_text(body, {"job_state", "state", "status"});
  job.state = read_state(word);
  job.submitted_at = remote::time_from_millis(body, "creation_ms");
  if (!job.submitted_at) job.submitted_at = remote::time_from_millis(body, "created_at_millis");
  if (job.state == JobState::failed) job.error = failure_of(body, word);
  add_native(body, job);
  return job;
}

}  // namespace

JobState read_state(std::string_view word) {
  const auto wanted = lower(word);
  const auto found =
      std::find_if(k_states.begin(), k_states.end(), [&](const auto& entry) { return entry.first == wanted; });
  return found == k_states.end() ? JobState::running : found->second;
}

Result<JobPage> read_jobs(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  JobPage page;
  for (const Value& element : remote::elements(body, "jobs"))
    if (auto job = job_of(element); !job.id.empty()) page.jobs.push_back(std::move(job));
  page.next = first_text(body, {"page_token", "next_page_token"});
  return page;
}

Result<Job> read_job(const HttpResponse& response, std::string_view id) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  Job job = job_of(body);
  job.id = id;
  return job;
}

}  // namespace matview::providers::lance
