#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::providers::memory {

struct StoredVersion {
  Version version;
  std::int64_t definition_version = 0;
  std::map<std::string, std::int64_t> upstream;  ///< the version of each upstream view that was read
};

struct StoredView {
  std::string definition;
  std::int64_t definition_version = 1;
  std::int64_t rows = 0;   ///< what the next refresh finds
  std::int64_t delay = 0;  ///< milliseconds a refresh takes
  std::string fail_with;   ///< symbol of the error every refresh ends with; empty: none
  std::vector<std::string> upstream;
  std::vector<std::string> tags;
  bool suspended = false;
  Time created_at;
  std::vector<StoredVersion> versions;  ///< newest first
  std::vector<Job> jobs;                ///< newest first
};

struct State {
  std::map<std::string, StoredView> views;
  std::int64_t last_job = 0;
};

/// The state in `path`, or an empty one if there is no such file. `usage` if it cannot be understood.
Result<State> load_state(const std::filesystem::path& path);

/// Replaces `path` as a whole. `failed` with the system's reason.
Result<void> save_state(const std::filesystem::path& path, const State& state);

}  // namespace matview::providers::memory
