#include "providers/postgres/records.hpp"

#include <fmt/format.h>

#include "providers/postgres/catalog.hpp"
#include "providers/postgres/postgres_provider.hpp"
#include "providers/remote/fields.hpp"
#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

// More records of one name are not looked through for those of one oid.
constexpr std::int64_t k_most_records = 2000;

constexpr const char* k_still_works =
    "SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1::int AND backend_start = $2::timestamptz"
    " AND state = 'active'";
constexpr const char* k_cancel =
    "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1::int"
    " AND backend_start = $2::timestamptz AND state = 'active'";

Result<JobRecord> find_record(const Database& database, const std::string& id) {
  const auto& context = database.context();
  if (context.job_log != nullptr) {
    MATVIEW_ASSIGN(auto record, context.job_log->find(id));
    if (record && record->job.profile == context.profile && record->job.provider == info().name)
      return *std::move(record);
  }
  return fail(Error(ErrorCode::not_found, fmt::format("there is no job '{}' on record", support::strip_control(id)))
                  .with_hint("PostgreSQL keeps no jobs; 'matview history NAME' tells those of this machine"));
}

}  // namespace

Value to_value(const Clue& clue) {
  return Value::Object{{"oid", clue.oid}, {"pid", clue.pid}, {"backend_start", clue.backend_start}};
}

Clue read_clue(const Value& value) {
  return {remote::integer(value, "oid").value_or(0), remote::text(value, "pid"), remote::text(value, "backend_start")};
}

Result<Clue> clue_of(Connection& connection, std::int64_t oid, Control& control) {
  MATVIEW_ASSIGN(const auto rows,
                 connection.run("SELECT pid, backend_start FROM pg_catalog.pg_stat_activity WHERE pid = "
                                "pg_catalog.pg_backend_pid()",
                                {}, control));
  if (rows.empty()) return Clue{oid, "", ""};
  return Clue{oid, rows.text(0), rows.text(1)};
}

Result<std::vector<JobRecord>> records_of(const ProviderContext& context, const std::string& view, std::int64_t oid,
                                          std::int64_t limit) {
  std::vector<JobRecord> found;
  if (context.job_log == nullptr) return found;
  MATVIEW_ASSIGN(auto records, context.job_log->records(context.profile, view, k_most_records));
  for (auto& record : records) {
    if (static_cast<std::int64_t>(found.size()) >= limit) break;
    if (read_clue(record.clue).oid == oid) found.push_back(std::move(record));
  }
  return found;
}

Result<std::vector<Job>> history(const Database& database, const HistoryRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto view, find_view(*connection, request.name, control));
  MATVIEW_ASSIGN(auto records, records_of(database.context(), view.shown, view.oid, request.limit));
  std::vector<Job> jobs;
  for (auto& record : records) jobs.push_back(std::move(record.job));
  return jobs;
}

Result<Job> job(const Database& database, const std::string& id, Control& control) {
  MATVIEW_ASSIGN(auto record, find_record(database, id));
  if (record.job.state != JobState::unknown) return record.job;
  const Clue clue = read_clue(record.clue);
  if (clue.pid.empty()) return record.job;
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto working, connection->run(k_still_works, {clue.pid, clue.backend_start}, control));
  if (!working.empty()) record.job.state = JobState::running;
  return record.job;
}

Result<Job> cancel(const Database& database, const std::string& id, Control& control) {
  MATVIEW_ASSIGN(auto record, find_record(database, id));
  if (record.job.state != JobState::unknown) return record.job;
  const Clue clue = read_clue(record.clue);
  if (clue.pid.empty()) return record.job;
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto asked, connection->run(k_cancel, {clue.pid, clue.backend_start}, control));
  // Whoever waits for the refresh puts its end on record.
  if (!asked.empty()) record.job.state = JobState::running;
  return record.job;
}

Result<Plan> plan_cancel(const Database& database, const std::string& id, Control&) {
  MATVIEW_ASSIGN(const auto record, find_record(database, id));
  const Clue clue = read_clue(record.clue);
  Plan plan;
  plan.operation = "cancel";
  plan.view = record.job.view;
  plan.reason = "ends the refresh if it is under way; the view keeps its rows";
  plan.sql = fmt::format("SELECT pg_cancel_backend({})", clue.pid.empty() ? "NULL" : clue.pid);
  return plan;
}

}  // namespace matview::providers::postgres
