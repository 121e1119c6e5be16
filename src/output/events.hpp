#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "matview/control.hpp"
#include "matview/job.hpp"
#include "matview/view.hpp"
#include "output/sink.hpp"

namespace matview::output {

/// A clock that never jumps; passed in, so that tests need not wait.
using SteadyClock = std::function<std::chrono::steady_clock::time_point()>;
SteadyClock system_steady_clock();

/// {"event":"progress", "view", "step", "fraction", "rows"}.
Value progress_event(const Progress& progress);

/// How a run of several ended; the last line of -o jsonl.
struct Summary {
  std::string operation;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
  int exit_code = 0;
  std::optional<Duration> elapsed;
};

/// The events of -o jsonl, one object a line, written as they happen. For any thread. Progress of one view is written
/// once a second at most, and at every new step. The first failure to write is kept and comes back from `summary`.
class EventWriter : public Observer {
 public:
  explicit EventWriter(Sink& sink, SteadyClock clock = system_steady_clock());

  void start(const std::string& operation, const std::string& view, const std::string& profile = {});
  void result(const Job& job);
  void result(const View& view);
  /// Any other document: {"event":"result", KEY: document}.
  void result(const std::string& key, const Value& document);
  void error(const std::string& view, const Error& error);
  Result<void> summary(const Summary& summary);

  void progress(const Progress& progress) override;
  void warning(std::string_view text) override;

 private:
  void emit(const Value& event);

  std::mutex mutex_;
  Sink& sink_;
  SteadyClock clock_;
  /// By view: when it was told last, and at which step.
  std::map<std::string, std::pair<std::chrono::steady_clock::time_point, std::string>> last_progress_;
  std::optional<Error> write_error_;
};

}  // namespace matview::output
