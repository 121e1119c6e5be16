#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/job.hpp"
#include "matview/time.hpp"
#include "matview/value.hpp"

namespace matview {

enum class Freshness {
  fresh,
  stale,
  empty,    ///< never filled
  unknown,  ///< the backend does not say
};

enum class ViewState {
  idle,
  refreshing,
  error,  ///< the last refresh failed; old rows may still be served
};

std::string_view to_string(Freshness freshness);
std::string_view to_string(ViewState state);

/// A column of a view. `type` is spelt as the backend spells it; the local engine uses DuckDB's names.
struct Column {
  std::string name;
  std::string type;
};

/// Something a view reads.
struct Source {
  std::string name;  ///< as the definition has it: a pattern, a table, a view
  std::string kind;  ///< files, duckdb, ducklake, view, or the backend's word
  std::optional<std::int64_t> files;
  std::optional<std::int64_t> bytes;
  std::optional<std::int64_t> version;  ///< of a view or a DuckLake table: what the last refresh read
  std::string change;                   ///< since the last refresh: "3 files added, 1 rewritten"; empty if none
};

/// A stored version of a view.
struct Version {
  std::int64_t version = 0;
  Time created_at;
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes;
  std::string mode;
  std::string job_id;
};

/// A view as its provider tells it. Every provider fills the same fields; what it does not know stays empty.
struct View {
  std::string name;
  std::string profile;
  std::string provider;
  std::string kind = "query";
  Freshness freshness = Freshness::unknown;
  std::string freshness_reason;  ///< why it is stale, in a few words; empty when fresh or unknown
  ViewState state = ViewState::idle;
  std::optional<std::int64_t> version;
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes;
  std::optional<Time> created_at;
  std::optional<Time> refreshed_at;
  std::string refresh_mode;
  std::string refresh_reason;
  std::string schedule;
  std::optional<bool> auto_refresh;
  std::optional<bool> suspended;        ///< taken out of unattended runs; empty where the backend has no such thing
  std::string suspended_reason;         ///< by whom, or after which failures
  std::optional<Time> next_refresh_at;  ///< when the schedule's next window opens
  bool due = false;                     ///< its schedule has ticked since the last success
  bool auto_due = false;                ///< it refreshes itself, and its sources have changed enough; only on request
  std::vector<Source> sources;
  std::vector<std::string> depends_on;  ///< upstream views
  std::vector<std::string> downstream;
  std::vector<std::string> tags;
  std::optional<Job> last_job;
  std::string definition;
  std::vector<Column> columns;
  std::vector<Version> versions;  ///< newest first; only `show` asks for them
  Value native;
};

}  // namespace matview
