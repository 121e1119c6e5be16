#include "ledger/job_document.hpp"

#include "support/members.hpp"
#include "support/time_text.hpp"

namespace matview::ledger {

namespace {

using support::text;

/// Only what is known is kept: most fields of most jobs are not.
class Writer {
 public:
  void text(std::string_view key, std::string_view text) {
    if (!text.empty()) document_.set(key, text);
  }
  void flag(std::string_view key, bool flag) {
    if (flag) document_.set(key, true);
  }
  void number(std::string_view key, const std::optional<std::int64_t>& number) {
    if (number) document_.set(key, *number);
  }
  void time(std::string_view key, const std::optional<Time>& time) {
    if (time) document_.set(key, support::format_rfc3339(*time));
  }
  void value(std::string_view key, const Value& value) {
    if (!value.is_null()) document_.set(key, value);
  }
  Value take() && { return std::move(document_); }

 private:
  Value document_ = Value::object();
};

std::optional<std::int64_t> number_at(const Value& document, std::string_view key) {
  const auto* number = document.at(key).if_integer();
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<Time> time_at(const Value& document, std::string_view key) {
  const auto time = support::parse_rfc3339(text(document, key));
  return time ? std::optional(*time) : std::nullopt;
}

bool flag_at(const Value& document, std::string_view key) {
  const auto* flag = document.at(key).if_bool();
  return flag != nullptr && *flag;
}

Value error_document(const Error& error) {
  Writer writer;
  writer.text("code", symbol(error.code));
  writer.text("message", error.message);
  writer.text("detail", error.detail);
  writer.text("hint", error.hint);
  writer.text("provider", error.provider);
  writer.text("profile", error.profile);
  if (error.http_status) writer.number("http_status", *error.http_status);
  writer.text("request_id", error.request_id);
  writer.flag("retryable", error.retryable);
  writer.flag("unanswered", error.unanswered);
  return std::move(writer).take();
}

std::optional<Error> error_at(const Value& document, std::string_view key) {
  const Value& found = document.at(key);
  if (found.if_object() == nullptr) return std::nullopt;
  Error error(error_code_from(text(found, "code")).value_or(ErrorCode::failed), text(found, "message"));
  error.detail = text(found, "detail");
  error.hint = text(found, "hint");
  error.provider = text(found, "provider");
  error.profile = text(found, "profile");
  if (const auto status = number_at(found, "http_status")) error.http_status = static_cast<int>(*status);
  error.request_id = text(found, "request_id");
  error.retryable = flag_at(found, "retryable");
  error.unanswered = flag_at(found, "unanswered");
  return error;
}

Value masked(const Value& value, const Mask& mask) {
  if (const auto* text = value.if_string()) return mask(*text);
  if (const auto* items = value.if_array()) {
    Value::Array result;
    for (const auto& item : *items) result.push_back(masked(item, mask));
    return result;
  }
  if (const auto* members = value.if_object()) {
    Value::Object result;
    for (const auto& [name, member] : *members) result.emplace_back(mask(name), masked(member, mask));
    return result;
  }
  return value;
}

}  // namespace

Value to_document(const JobRecord& record) {
  const Job& job = record.job;
  Writer writer;
  writer.text("key", record.key);
  writer.text("id", job.id);
  writer.text("view", job.view);
  writer.text("profile", job.profile);
  writer.text("provider", job.provider);
  writer.text("operation", job.operation);
  writer.text("state", to_string(job.state));
  writer.text("mode", job.mode);
  writer.text("reason", job.reason);
  writer.time("submitted_at", job.submitted_at);
  writer.time("started_at", job.started_at);
  writer.time("finished_at", job.finished_at);
  if (job.elapsed) writer.number("elapsed_us", job.elapsed->count());
  writer.number("rows_total", job.rows_total);
  writer.number("rows_added", job.rows_added);
  writer.number("rows_removed", job.rows_removed);
  writer.number("version", job.version);
  if (job.error) writer.value("error", error_document(*job.error));
  writer.value("native", job.native);
  writer.value("clue", record.clue);
  return std::move(writer).take();
}

JobRecord from_document(const Value& document) {
  JobRecord record;
  record.key = text(document, "key");
  record.clue = document.at("clue");
  Job& job = record.job;
  job.id = text(document, "id");
  job.view = text(document, "view");
  job.profile = text(document, "profile");
  job.provider = text(document, "provider");
  job.operation = text(document, "operation");
  job.state = job_state_from(text(document, "state")).value_or(JobState::unknown);
  job.mode = text(document, "mode");
  job.reason = text(document, "reason");
  job.submitted_at = time_at(document, "submitted_at");
  job.started_at = time_at(document, "started_at");
  job.finished_at = time_at(document, "finished_at");
  if (const auto elapsed = number_at(document, "elapsed_us")) job.elapsed = Duration(*elapsed);
  job.rows_total = number_at(document, "rows_total");
  job.rows_added = number_at(document, "rows_added");
  job.rows_removed = number_at(document, "rows_removed");
  job.version = number_at(document, "version");
  job.error = error_at(document, "error");
  job.native = document.at("native");
  return record;
}

JobRecord masked(JobRecord record, const Mask& mask) {
  Job& job = record.job;
  for (auto* text : {&job.id, &job.mode, &job.reason}) *text = mask(*text);
  if (job.error)
    for (auto* text : {&job.error->message, &job.error->detail, &job.error->hint, &job.error->request_id})
      *text = mask(*text);
  job.native = masked(job.native, mask);
  record.clue = masked(record.clue, mask);
  return record;
}

}  // namespace matview::ledger
