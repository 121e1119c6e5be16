#include "output/log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "output/values.hpp"
#include "support/json.hpp"
#include "support/members.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::output {

namespace {

using support::text_or_null;

/// Needs no quotes, and could not be taken for the next key.
bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > ' ' && byte != 0x7F && c != '"' && c != '=' && c != '\\';
  });
}

std::string text_value(const Value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return support::to_json(value);
  // A log is read on terminals too.
  const std::string safe = support::strip_control(*text);
  return is_plain(safe) ? safe : support::to_json(Value(safe));
}

template <typename T>
Value value_or_null(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

LogLevel level_of(const Job& job) {
  if (job.state == JobState::skipped) return LogLevel::warning;
  const bool bad =
      job.error || job.state == JobState::failed || job.state == JobState::cancelled || job.state == JobState::unknown;
  return bad ? LogLevel::error : LogLevel::info;
}

}  // namespace

std::optional<LogFormat> log_format_from(std::string_view text) {
  if (text == "text") return LogFormat::text;
  if (text == "json") return LogFormat::json;
  return std::nullopt;
}

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "info";
}

std::string log_line(const LogRecord& record, LogFormat format) {
  const std::string time = support::format_rfc3339(record.time);
  if (format == LogFormat::json) {
    Value document = Value::Object{{"time", time}, {"level", to_string(record.level)}, {"event", record.event}};
    for (const auto& [key, value] : record.fields)
      if (!value.is_null()) document.set(key, value);
    return support::to_json(document) + "\n";
  }
  std::string line = fmt::format("{} {:<7} {}", time, to_string(record.level), record.event);
  for (const auto& [key, value] : record.fields)
    if (!value.is_null()) line += fmt::format(" {}={}", key, text_value(value));
  return line + "\n";
}

Value::Object log_fields(const Error& error) {
  // A variable of its own: GCC 12, optimizing, takes the temporary of a conditional for uninitialized.
  Value http_status;
  if (error.http_status) http_status = *error.http_status;
  return {{"code", symbol(error.code)},
          {"message", error.message},
          {"hint", text_or_null(error.hint)},
          {"http_status", std::move(http_status)},
          {"request_id", text_or_null(error.request_id)}};
}

LogRecord log_record(const Job& job, Time time) {
  LogRecord record{time, level_of(job), fmt::format("job_{}", to_string(job.state))};
  record.fields = {{"operation", text_or_null(job.operation)},
                   {"provider", text_or_null(job.provider)},
                   {"profile", text_or_null(job.profile)},
                   {"view", text_or_null(job.view)},
                   {"job", text_or_null(job.id)},
                   {"mode", text_or_null(job.mode)},
                   {"reason", text_or_null(job.reason)},
                   {"elapsed_seconds", job.elapsed ? seconds_value(*job.elapsed) : Value()},
                   {"rows_total", value_or_null(job.rows_total)},
                   {"rows_added", value_or_null(job.rows_added)},
                   {"rows_removed", value_or_null(job.rows_removed)},
                   {"version", value_or_null(job.version)}};
  if (job.error)
    for (auto& field : log_fields(*job.error)) record.fields.push_back(std::move(field));
  return record;
}

}  // namespace matview::output
