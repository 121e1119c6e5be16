#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "matview/error.hpp"
#include "matview/job.hpp"
#include "matview/time.hpp"
#include "matview/value.hpp"

namespace matview::output {

enum class LogFormat { text, json };
std::optional<LogFormat> log_format_from(std::string_view text);

enum class LogLevel { info, warning, error };
std::string_view to_string(LogLevel level);

/// One thing that happened. Null members of `fields` are left out.
struct LogRecord {
  Time time;
  LogLevel level = LogLevel::info;
  std::string event;  ///< "start", "job_succeeded", "warning", "end": stable, for programs
  Value::Object fields = {};
};

/// One line with its end. JSON: one object, "time", "level" and "event" first. Text: those three, then key=value, with
/// quotes as JSON has them around what is not plain.
std::string log_line(const LogRecord& record, LogFormat format);

/// What the log tells of an error: code, message, hint, http_status, request_id.
Value::Object log_fields(const Error& error);

/// How a job ended, or that it was accepted: event "job_STATE".
LogRecord log_record(const Job& job, Time time);

}  // namespace matview::output
