#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/store/records.hpp"
#include "matview/control.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// How two relations with the same columns differ as multisets of rows.
struct Difference {
  std::int64_t only_left = 0;
  std::int64_t only_right = 0;
  TextRows left_sample;
  TextRows right_sample;
};

/// Compares the rows of two SELECTs exactly, NULLs and NaNs being equal to themselves.
Result<Difference> exact_difference(Database& database, std::string_view left, std::string_view right, Control& control,
                                    const std::string& view);

/// Like `exact_difference`, but FLOAT and DOUBLE columns may differ by a relative 1e-9: a sum depends on the order of
/// its terms, and threads decide that order. Brings up to `samples` rows of each side.
Result<Difference> tolerant_difference(Database& database, std::string_view left, std::string_view right,
                                       const std::vector<StoredColumn>& columns, std::int64_t samples, Control& control,
                                       const std::string& view);

}  // namespace matview::engine
