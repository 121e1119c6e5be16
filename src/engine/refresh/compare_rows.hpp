#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/store/store.hpp"
#include "matview/control.hpp"

namespace matview::engine {

/// All rows of a view as a refresh has computed them.
struct NewRows {
  const std::string& sql;  ///< SELECT of them
  std::int64_t count = 0;
  const std::vector<StoredColumn>& columns;
};

/// Whether the new rows are those of the current version, as multisets. Not looked into where that would cost much, or
/// the rows are stored in another way: then they count as different. Tells `job` how many rows came and went, if known.
Result<bool> rows_are_equal(Store& store, Database& database, const ViewRecord& view, const NewRows& rows, Job& job,
                            Control& control);

}  // namespace matview::engine
