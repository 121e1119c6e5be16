#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "app/selection.hpp"

namespace matview::app {

/// What became of each view of a run, as a JSON document in a file that the user names: {"schema_version", "operation",
/// "started_at", "finished_at", "jobs"}. A job has the keys that it has everywhere, and "settled": false while the view
/// is left to be refreshed. A run that goes on from it keeps what is settled and changes the rest.
class RunResults {
 public:
  explicit RunResults(std::filesystem::path file) : file_(std::move(file)) {}

  /// What an earlier run wrote. `usage` if there is no such file, or it is none of these.
  static Result<RunResults> read(std::filesystem::path file);

  /// The views that are left.
  std::set<ViewKey> unsettled() const;

  void put(const Job& job, bool settled);
  /// Puts down these views as still to be done.
  void begin(const std::vector<Selected>& views, Time now);
  void end(Time now) { finished_at_ = now; }

  /// Replaces the file as a whole; what is no regular file is written to.
  Result<void> write() const;

 private:
  struct Entry {
    Value job;
    bool settled = false;
  };

  std::filesystem::path file_;
  std::vector<Entry> entries_;  ///< in the order in which the run meant to take them
  std::map<ViewKey, std::size_t> known_;
  std::optional<Time> started_at_;
  std::optional<Time> finished_at_;
};

}  // namespace matview::app
