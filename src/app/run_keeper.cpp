#include "app/run_keeper.hpp"

#include <algorithm>

#include "support/glob.hpp"
#include "support/uuid.hpp"

namespace matview::app {

namespace {

/// The whole file is written each time, and the run waits for it: so often is enough for whoever is killed.
constexpr std::chrono::seconds k_interval{1};
constexpr int k_rest = 50;  ///< times as long as the last write took

/// What was meant of a profile that cannot be asked may be a glob, which no view will ever settle.
bool is_view(const Selected& selected) { return !selected.refusal || !support::has_glob(selected.view.name); }

}  // namespace

RunKeeper::RunKeeper(Workspace& workspace, RunListener& next, std::optional<RunResults> results)
    : workspace_(workspace),
      next_(next),
      results_(std::move(results)),
      book_(open_run_book(workspace.environment())),
      run_(support::uuid_v7(workspace.environment())) {}

Unsettled RunKeeper::entry(const Selected& selected, std::string state, std::string reason) const {
  return {key_of(selected),  workspace_.profile_in_use(),    std::move(state),
          std::move(reason), workspace_.environment().now(), run_};
}

void RunKeeper::begin(const std::vector<Selected>& views) {
  save_at_ = std::chrono::steady_clock::now() + k_interval;
  if (views.size() < 2 || !book_.make_folder()) return;
  if (auto lock = support::FileLock::try_acquire(book_.lock_of(run_)); lock && *lock) lock_ = std::move(*lock);
  std::vector<Unsettled> pending;
  for (const auto& selected : views)
    if (is_view(selected)) pending.push_back(entry(selected, "pending", "the run ended before it"));
  book_.write(pending);
}

void RunKeeper::ended(const Selected& selected, const Job& job, bool settled) {
  next_.ended(selected, job, settled);
  if (results_) results_->put(job, settled);
  const std::string reason = job.error ? job.error->message : job.reason;
  if (is_view(selected)) changes_.push_back(entry(selected, settled ? "" : std::string(to_string(job.state)), reason));
  if (std::chrono::steady_clock::now() >= save_at_) save();
}

void RunKeeper::save() {
  const auto start = std::chrono::steady_clock::now();
  book_.write(changes_);
  changes_.clear();
  if (results_ && written_) written_ = results_->write();
  const auto end = std::chrono::steady_clock::now();
  save_at_ = end + std::max<std::chrono::steady_clock::duration>(k_interval, k_rest * (end - start));
}

Result<void> RunKeeper::end() {
  if (results_) results_->end(workspace_.environment().now());
  save();
  // The last write says how it is, whatever an earlier one came to.
  if (results_ && !written_) written_ = results_->write();
  if (lock_) lock_->remove_file();
  lock_.reset();
  return written_;
}

}  // namespace matview::app
