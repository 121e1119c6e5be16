#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matview/error.hpp"
#include "matview/time.hpp"
#include "matview/value.hpp"

namespace matview {

enum class JobState {
  pending,
  running,
  succeeded,
  failed,
  cancelled,
  skipped,
  submitted,  ///< accepted, and the backend offers no way to follow it
  unknown,    ///< the answer was lost
};

std::string_view to_string(JobState state);
std::optional<JobState> job_state_from(std::string_view text);

/// True for states that no longer change by themselves.
bool is_terminal(JobState state);

/// One attempt to do something to one view. Unknown fields are empty.
struct Job {
  std::string id;
  std::string view;
  std::string profile;
  std::string provider;
  std::string operation = "refresh";
  JobState state = JobState::unknown;
  std::string mode;    ///< no_data, incremental, full, reinitialized
  std::string reason;  ///< why this mode, or why it was skipped
  std::optional<Time> submitted_at;
  std::optional<Time> started_at;
  std::optional<Time> finished_at;
  std::optional<Duration> elapsed;
  std::optional<std::int64_t> rows_total;
  std::optional<std::int64_t> rows_added;
  std::optional<std::int64_t> rows_removed;
  std::optional<std::int64_t> version;  ///< the version of the view that the job made, or found unchanged
  std::optional<Error> error;
  Value native;
};

}  // namespace matview
