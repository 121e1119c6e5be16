#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>

#include "matview/control.hpp"
#include "matview/environment.hpp"
#include "matview/result.hpp"
#include "output/log.hpp"

namespace matview::cli {

/// The log of --log-file: what happened, appended line by line, each with a single call and after opening the file
/// anew, so that several processes may log to one file and a rotation needs no signal. Independent of --quiet. For any
/// thread.
class LogFile {
 public:
  /// Takes secrets out of a line. `complain` is told once, when the file can no longer be written: that ends no work.
  using Mask = std::function<std::string(std::string_view)>;
  using Complain = std::function<void(const Error&)>;

  LogFile(std::filesystem::path path, output::LogFormat format, std::string command, const Environment& environment,
          Mask mask, Complain complain);

  /// `usage` where the file cannot be written to.
  Result<void> check() const;

  /// `record.time` is set here, and so are the command and the process.
  void write(output::LogRecord record);
  void write(output::LogLevel level, std::string event, Value::Object fields);

 private:
  std::filesystem::path path_;
  output::LogFormat format_;
  std::string command_;
  const Environment& environment_;
  Mask mask_;
  Complain complain_;
  std::mutex mutex_;
  bool broken_ = false;
};

/// Passes on what it hears; warnings go to the log as well.
class LoggingObserver final : public Observer {
 public:
  LoggingObserver(Observer& next, LogFile& log) : next_(next), log_(log) {}
  void progress(const Progress& progress) override { next_.progress(progress); }
  void warning(std::string_view text) override;

 private:
  Observer& next_;
  LogFile& log_;
};

}  // namespace matview::cli
