#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/diff.hpp"
#include "matview/time.hpp"

namespace matview::app {

/// What `diff --out` keeps, to be carried out later just as it was seen: which changes, and what both sides were like,
/// as fingerprints. It holds no definitions, so that there is nothing in it to be trusted.
struct SavedPlan {
  std::string file;  ///< the views file, absolute
  DiffOptions options;
  Time created_at;

  struct Entry {
    std::string profile;
    std::string view;
    std::string action;
    std::string wanted_print;
    std::string told_print;
  };
  std::vector<Entry> entries;
};

SavedPlan make_plan(std::string file, const DiffOptions& options, const std::vector<Change>& changes, Time now);

/// Replaces the file as a whole.
Result<void> write_plan(const std::filesystem::path& path, const SavedPlan& plan);

/// `usage` for a file that is not there or was not written by `write_plan`, or by that of a later version.
Result<SavedPlan> read_plan(const std::filesystem::path& path);

/// `conflict`, naming the first view and the side, unless `changes` are those of the plan.
Result<void> require_unchanged(const SavedPlan& plan, const std::vector<Change>& changes);

}  // namespace matview::app
