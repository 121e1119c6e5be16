#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/selection.hpp"

namespace matview::app {

/// A view that a run left to be refreshed: it failed, was skipped because of what others came to, or was never come to
/// because the run ended before.
struct Unsettled {
  ViewKey view;
  std::string in_use;  ///< the profile that was in use
  std::string state;   ///< "failed", "skipped", …; "pending" while the run has not come to it
  std::string reason;
  Time at;
  std::string run;  ///< a UUID
};

/// Views that `--failed` means beside those whose own state says so.
class UnsettledViews {
 public:
  UnsettledViews() = default;
  /// These and no others, whatever became of them since.
  explicit UnsettledViews(const std::set<ViewKey>& views) : views_(views) {}
  explicit UnsettledViews(const std::vector<Unsettled>& entries);

  std::set<std::string> profiles() const;
  /// False for one that was refreshed since, by whomever.
  bool has(const std::string& profile, const View& view) const;

 private:
  std::set<ViewKey> views_;
  std::map<ViewKey, Time> since_;
};

/// What the runs of this user left behind, in a file beside the ledger. It is a convenience: where it cannot be read
/// there is nothing in it, and where it cannot be written nothing is kept; neither is ever told.
/// Every change is made under a lock and replaces the file as a whole.
class RunBook {
 public:
  /// An empty path: nowhere.
  explicit RunBook(std::filesystem::path file) : file_(std::move(file)) {}

  /// Without the views of runs that are under way.
  std::vector<Unsettled> read() const;

  /// Puts down what is new of these views: an entry with an empty state means that the view is settled.
  void write(const std::vector<Unsettled>& changes) const;

  /// The file that a run keeps locked while it is under way; empty: nowhere.
  std::filesystem::path lock_of(const std::string& run) const;
  /// False where nothing can be kept.
  bool make_folder() const;

 private:
  std::vector<Unsettled> load() const;

  std::filesystem::path file_;
};

/// The book of this user.
RunBook open_run_book(const Environment& environment);

/// What is left behind by the runs that were made with the profile in use that is in use now.
UnsettledViews kept_views(const Workspace& workspace);

}  // namespace matview::app
