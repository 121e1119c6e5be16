#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/time.hpp"
#include "matview/view.hpp"

namespace matview::output {

/// What a monitoring system is told of a view. What is unknown has no series.
struct ViewMetrics {
  std::string profile;
  std::string provider;
  std::string view;
  std::optional<Time> last_success = {};   ///< when a refresh ended well last, also one that found nothing to do
  std::optional<Time> last_run = {};       ///< when the last refresh ended, well or not
  std::optional<bool> last_run_good = {};  ///< whether it ended well
  std::optional<Duration> last_run_elapsed = {};
  std::optional<std::int64_t> rows = {};
  std::optional<std::int64_t> bytes = {};
  std::optional<ViewState> state = {};
  std::optional<Freshness> freshness = {};
  std::optional<bool> suspended = {};
  std::optional<Time> next_refresh = {};
};

/// What a monitoring system is told of a run of the command.
struct RunMetrics {
  std::string run;      ///< which of the jobs of the machine it was: the name of the metrics file without its end
  std::string command;  ///< "refresh"
  Time ended;
  Duration elapsed{0};
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
  int exit_code = 0;
};

/// Both in Prometheus' text format 0.0.4, for a textfile collector. Of two views with the same labels the later counts:
/// a collector refuses a file that has a series twice.
std::string metrics_document(const std::vector<ViewMetrics>& views, const RunMetrics& run);

}  // namespace matview::output
