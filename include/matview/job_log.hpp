#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/job.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview {

/// A job that was submitted to a backend, as it is on record here.
struct JobRecord {
  std::string key;  ///< our own id of it, a UUID
  Job job;          ///< `job.id` is the backend's id once that is known, else the key
  Value clue;       ///< by what a lost answer is found again at the backend; the provider's own
};

/// Where submitted jobs are kept, so that any process can follow them, also after a crash. Safe to use from several
/// threads and processes at once.
class JobLog {
 public:
  virtual ~JobLog() = default;

  /// Inserts the record, or replaces that of the same key. On disk when it returns.
  virtual Result<void> put(const JobRecord& record) = 0;

  /// By our key or by the backend's id, of whatever profile.
  virtual Result<std::optional<JobRecord>> find(std::string_view id) = 0;

  /// Newest first. An empty view means all of the profile, an empty profile all there are.
  virtual Result<std::vector<JobRecord>> records(std::string_view profile, std::string_view view,
                                                 std::int64_t limit) = 0;

  /// Something a provider found out once and need not ask for again, as the name of the account behind a key. Only a
  /// cache: what it holds may be gone, and failures to keep it are not told.
  virtual std::optional<std::string> recall(std::string_view profile, std::string_view key) = 0;
  virtual void remember(std::string_view profile, std::string_view key, std::string_view value) = 0;
};

}  // namespace matview
