#include "engine/store/suspension.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "engine/store/view_rows.hpp"

namespace matview::engine {

namespace {

bool is_unattended(const Job& job) {
  const bool* flag = job.native.at(k_unattended).if_bool();
  return flag != nullptr && *flag;
}

/// Whether the job is on record as failed already.
bool was_counted(SQLite::Database& database, const Job& job) {
  SQLite::Statement query(database, "SELECT state FROM matview_job WHERE job_id = ?");
  SQLite::bind(query, job.id);
  return query.executeStep() && query.getColumn(0).getString() == to_string(JobState::failed);
}

/// `cause` is the view whose failures did it; empty: somebody asked for it. A view that is suspended stays as it is.
void mark(SQLite::Database& database, std::int64_t view_id, const std::string& reason, Time now,
          std::optional<std::int64_t> cause) {
  SQLite::Statement update(database,
                           "UPDATE matview_view SET suspended_at = ?, suspended_reason = ?, suspended_with = ?"
                           " WHERE view_id = ? AND suspended_at IS NULL");
  update.bind(1, static_cast<std::int64_t>(now.time_since_epoch().count()));
  update.bind(2, reason);
  if (cause) update.bind(3, *cause);
  update.bind(4, view_id);
  update.exec();
}

/// All views that read from `name`, however indirectly.
Result<std::vector<ViewRecord>> readers_of(SQLite::Database& database, const std::string& name) {
  MATVIEW_ASSIGN(const auto views, read_views(database));
  std::set<std::string> names{name};
  std::vector<ViewRecord> readers;
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& view : views) {
      const auto& upstream = view.definition.depends_on;
      const bool reads = std::any_of(upstream.begin(), upstream.end(),
                                     [&](const std::string& candidate) { return names.contains(candidate); });
      if (!reads || !names.insert(view.definition.name).second) continue;
      readers.push_back(view);
      grown = true;
    }
  }
  return readers;
}

Result<void> suspend_with_readers(SQLite::Database& database, const ViewRecord& view, const Job& job) {
  const Time now = job.finished_at.value_or(job.started_at.value_or(Time{}));
  const std::string& name = view.definition.name;
  mark(database, view.view_id,
       fmt::format("{} unattended refreshes in a row failed; the last: {}", k_failures_to_suspend,
                   job.error ? job.error->message : "for reasons unknown"),
       now, view.view_id);
  MATVIEW_ASSIGN(const auto readers, readers_of(database, name));
  for (const auto& reader : readers)
    mark(database, reader.view_id, fmt::format("it reads from '{}', which failed too often", name), now, view.view_id);
  return {};
}

}  // namespace

Result<void> count_outcome(SQLite::Database& database, std::int64_t view_id, const Job& job) {
  if (job.state == JobState::succeeded) {
    SQLite::Statement update(database, "UPDATE matview_view SET failures = 0, succeeded_at = ? WHERE view_id = ?");
    SQLite::bind(update, static_cast<std::int64_t>(job.started_at.value_or(Time{}).time_since_epoch().count()),
                 view_id);
    update.exec();
    return {};
  }
  if (job.state != JobState::failed || !is_unattended(job) || was_counted(database, job)) return {};
  SQLite::Statement update(database, "UPDATE matview_view SET failures = failures + 1 WHERE view_id = ?");
  SQLite::bind(update, view_id);
  update.exec();
  MATVIEW_ASSIGN(const auto view, read_view(database, view_id));
  if (!view || view->schedule.failures < k_failures_to_suspend) return {};
  return suspend_with_readers(database, *view, job);
}

Result<ViewRecord> suspend_view(SQLite::Database& database, std::int64_t view_id, const std::string& reason, Time now) {
  mark(database, view_id, reason, now, std::nullopt);
  MATVIEW_ASSIGN(auto view, read_view(database, view_id));
  if (!view) return fail(view_is_gone(view_id));
  return *std::move(view);
}

Result<ViewRecord> resume_view(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement update(database,
                           "UPDATE matview_view SET suspended_at = NULL, suspended_reason = '', suspended_with = NULL,"
                           " failures = 0 WHERE view_id = ?1 OR suspended_with = ?1");
  SQLite::bind(update, view_id);
  update.exec();
  MATVIEW_ASSIGN(auto view, read_view(database, view_id));
  if (!view) return fail(view_is_gone(view_id));
  return *std::move(view);
}

void forget_success(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement update(database, "UPDATE matview_view SET succeeded_at = NULL, failures = 0 WHERE view_id = ?");
  SQLite::bind(update, view_id);
  update.exec();
}

}  // namespace matview::engine
