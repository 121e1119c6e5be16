#include "cli/log_file.hpp"

#include <unistd.h>

#include <utility>

#include "support/replace_file.hpp"

namespace matview::cli {

LogFile::LogFile(std::filesystem::path path, output::LogFormat format, std::string command,
                 const Environment& environment, Mask mask, Complain complain)
    : path_(std::move(path)),
      format_(format),
      command_(std::move(command)),
      environment_(environment),
      mask_(std::move(mask)),
      complain_(std::move(complain)) {}

Result<void> LogFile::check() const {
  if (auto able = support::check_appendable(path_); !able) {
    Error error = std::move(able).error();
    error.code = ErrorCode::usage;
    return fail(std::move(error).with_context("--log-file: "));
  }
  return {};
}

void LogFile::write(output::LogRecord record) {
  record.time = environment_.now();
  Value::Object fields{{"command", command_}, {"pid", static_cast<std::int64_t>(::getpid())}};
  for (auto& field : record.fields) fields.push_back(std::move(field));
  record.fields = std::move(fields);
  const std::string line = mask_(output::log_line(record, format_));

  const std::lock_guard lock(mutex_);
  auto written = support::append_to_file(path_, line);
  // One warning, not one for each line; it may be told again once a line has got through.
  if (!written && !std::exchange(broken_, true)) complain_(written.error());
  if (written) broken_ = false;
}

void LogFile::write(output::LogLevel level, std::string event, Value::Object fields) {
  write(output::LogRecord{{}, level, std::move(event), std::move(fields)});
}

void LoggingObserver::warning(std::string_view text) {
  log_.write(output::LogLevel::warning, "warning", {{"message", text}});
  next_.warning(text);
}

}  // namespace matview::cli
