#pragma once

#include <string>

#include "app/refresh.hpp"
#include "cli/session.hpp"

namespace matview::cli {

/// Tells of the refreshes of `watch`, each in one line on stderr as it ends, or as events with -o jsonl.
class WatchLog final : public app::RunListener {
 public:
  explicit WatchLog(Session& session) : session_(session) {}

  void started(const app::Selected& selected) override;
  void finished(const Job& job) override;

  /// A line of its own, not under --quiet.
  void note(const std::string& text);
  /// Also under --quiet.
  void report(const Error& error);

  std::int64_t succeeded() const { return succeeded_; }
  std::int64_t failed() const { return failed_; }
  std::int64_t skipped() const { return skipped_; }

 private:
  Session& session_;
  std::int64_t succeeded_ = 0;
  std::int64_t failed_ = 0;
  std::int64_t skipped_ = 0;
};

}  // namespace matview::cli
