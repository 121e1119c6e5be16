#include "engine/refresh/compare_rows.hpp"

#include <algorithm>

#include "engine/duckdb/types.hpp"
#include "engine/refresh/difference.hpp"
#include "engine/refresh/run_sources.hpp"

namespace matview::engine {

namespace {

// Up to so many rows old and new are compared, so that the job can say what changed and equal rows make no new version.
// Above it the comparison would cost more than a small part of the refresh.
constexpr std::int64_t k_compare_rows = 100'000;

}  // namespace

Result<bool> rows_are_equal(Store& store, Database& database, const ViewRecord& view, const NewRows& rows, Job& job,
                            Control& control) {
  if (!view.current) {
    job.rows_added = rows.count;
    job.rows_removed = 0;
    return false;
  }
  if (view.current->columns != rows.columns || std::max(rows.count, view.current->rows) > k_compare_rows) return false;
  const auto old = store.pin(view.definition.name, view.current->version);
  if (!old) return false;  // old rows that cannot be read are replaced without a look at them
  MATVIEW_ASSIGN(const auto difference,
                 exact_difference(database, compared_sql(rows.sql, rows.columns),
                                  compared_sql(select_of(*old), rows.columns), control, view.definition.name));
  job.rows_added = difference.only_left;
  job.rows_removed = difference.only_right;
  return difference.only_left == 0 && difference.only_right == 0;
}

}  // namespace matview::engine
