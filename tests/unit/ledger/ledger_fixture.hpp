#pragma once

#include <string>

#include "ledger/ledger.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

inline std::string unmasked(std::string_view text) { return std::string(text); }

/// A record with something in every field.
inline JobRecord whole_record(const std::string& key = "key-1", const std::string& id = "01HZ") {
  const Time start = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + std::chrono::microseconds(1'234'567);
  JobRecord record;
  record.key = key;
  record.clue = Value::Object{{"known", Value::Array{"01A", "01B"}}};
  Job& job = record.job;
  job.id = id;
  job.view = "daily";
  job.profile = "dune";
  job.provider = "dune";
  job.operation = "refresh";
  job.state = JobState::running;
  job.mode = "full";
  job.reason = "asked for";
  job.submitted_at = start;
  job.started_at = start + std::chrono::seconds(1);
  job.finished_at = start + std::chrono::seconds(2);
  job.elapsed = std::chrono::milliseconds(1500);
  job.rows_total = 10;
  job.rows_added = 3;
  job.rows_removed = 0;
  job.version = 7;
  job.error = Error(ErrorCode::unavailable, "gone").with_detail("two\nlines").with_hint("wait").with_retryable();
  job.error->http_status = 503;
  job.error->request_id = "r-1";
  job.error->unanswered = true;
  job.error->provider = "dune";
  job.error->profile = "dune";
  job.native = Value::Object{{"credits", 1.25}, {"queue_position", 3}};
  return record;
}

struct LedgerFixture {
  std::filesystem::path file() const { return directory.path() / "state" / "matview" / "ledger.sqlite"; }
  std::unique_ptr<JobLog> open(std::int64_t keep = 10'000) const { return ledger::open_ledger(file(), unmasked, keep); }

  TemporaryDirectory directory;
};

}  // namespace matview::test
