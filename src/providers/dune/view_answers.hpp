#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::providers::dune {

struct Schedule {
  std::string cron;
  std::string performance;  ///< tier of scheduled runs; empty: not told
  std::optional<Time> next_run;
  std::optional<Time> expires_at;  ///< when the schedule ends; the view stays
};

/// A view as the service tells it.
struct StoredView {
  std::string full_name;
  std::optional<std::int64_t> query_id;
  std::optional<bool> is_private;
  std::optional<std::int64_t> bytes;
  std::vector<std::string> execution_ids;  ///< recent ones, newest first; a list of views does not tell them
  std::optional<Schedule> schedule;
};

/// `fallback` is its name where the answer has none.
Result<StoredView> read_view(const HttpResponse& response, std::string_view fallback);

struct ViewPage {
  std::vector<StoredView> views;
  std::optional<std::int64_t> next_offset;  ///< none after the last page
};

Result<ViewPage> read_view_page(const HttpResponse& response);

/// What the service says when it started an execution.
struct Accepted {
  std::string full_name;
  std::string execution_id;
};

/// Of an upsert (`name`) and of a refresh (`sql_id`). An error that may have come after the work was done is
/// `unanswered`, a success without an execution among them.
Result<Accepted> read_accepted(const HttpResponse& response);

/// Of a DELETE: whether it was there. What is gone already is no error.
Result<bool> read_deleted(const HttpResponse& response);

/// Ids of executions are ULIDs: they sort by the time they were made. Newest first, each once.
void sort_newest_first(std::vector<std::string>& execution_ids);

/// When an execution was made, from its id; empty for what is no ULID.
std::optional<Time> time_of(std::string_view execution_id);

}  // namespace matview::providers::dune
