#include "app/job_logs.hpp"

#include <atomic>
#include <utility>

namespace matview::app {

namespace {

/// More of a profile's jobs are not looked through for an id that another profile has as well.
constexpr std::int64_t k_records = 2000;

class ToldOnce final : public JobLog {
 public:
  explicit ToldOnce(std::unique_ptr<JobLog> log) : log_(std::move(log)) {}

  Result<void> put(const JobRecord& record) override { return once(log_->put(record)); }
  Result<std::optional<JobRecord>> find(std::string_view id) override { return once(log_->find(id)); }
  Result<std::vector<JobRecord>> records(std::string_view profile, std::string_view view, std::int64_t limit) override {
    return once(log_->records(profile, view, limit));
  }
  std::optional<std::string> recall(std::string_view profile, std::string_view key) override {
    return log_->recall(profile, key);
  }
  void remember(std::string_view profile, std::string_view key, std::string_view value) override {
    log_->remember(profile, key, value);
  }

 private:
  template <typename T>
  Result<T> once(Result<T> result) {
    if (!result && told_.exchange(true)) return {};
    return result;
  }

  std::unique_ptr<JobLog> log_;
  std::atomic<bool> told_{false};
};

class ScopedLog final : public JobLog {
 public:
  ScopedLog(JobLog& log, std::string profile) : log_(log), profile_(std::move(profile)) {}

  Result<void> put(const JobRecord& record) override { return log_.put(record); }

  Result<std::optional<JobRecord>> find(std::string_view id) override {
    auto found = log_.find(id);
    if (!found || !*found || (*found)->job.profile == profile_) return found;
    MATVIEW_ASSIGN(auto records, log_.records(profile_, "", k_records));
    for (auto& record : records)
      if (record.key == id || record.job.id == id) return std::optional(std::move(record));
    return std::nullopt;
  }

  Result<std::vector<JobRecord>> records(std::string_view profile, std::string_view view, std::int64_t limit) override {
    return log_.records(profile, view, limit);
  }
  std::optional<std::string> recall(std::string_view profile, std::string_view key) override {
    return log_.recall(profile, key);
  }
  void remember(std::string_view profile, std::string_view key, std::string_view value) override {
    log_.remember(profile, key, value);
  }

 private:
  JobLog& log_;
  const std::string profile_;
};

}  // namespace

std::unique_ptr<JobLog> tell_once(std::unique_ptr<JobLog> log) { return std::make_unique<ToldOnce>(std::move(log)); }

std::unique_ptr<JobLog> scope_to_profile(JobLog& log, std::string profile) {
  return std::make_unique<ScopedLog>(log, std::move(profile));
}

}  // namespace matview::app
