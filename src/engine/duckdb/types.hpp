#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::engine {

/// How a query's columns are kept in Parquet without changing a value. Parquet (as DuckDB writes it) cannot hold
/// HUGEINT (becomes DOUBLE), TIME WITH TIME ZONE (offset lost), INTERVAL (microseconds lost), … exactly. `unsupported`,
/// naming the column and its type, where no exact way exists. `usage` where two columns share a name.
Result<std::vector<StoredColumn>> storage_columns(const std::vector<Column>& columns);

/// The SELECT that a COPY writes: `query` with each column cast to its storage type.
std::string encode_sql(std::string_view query, const std::vector<StoredColumn>& columns);

/// The SELECT that gives the query's own types back from `relation` (a table expression over the Parquet files).
std::string decode_sql(std::string_view relation, const std::vector<StoredColumn>& columns);

}  // namespace matview::engine
