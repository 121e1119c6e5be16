#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::engine {

/// What becomes of HUGEINT, which is what `sum(BIGINT)` returns. As DECIMAL(38,0) every reader sees a number, but the
/// last of 39 digits is missing; as text every value fits.
enum class HugeintAs { decimal, text };

/// How a query's columns are kept in Parquet without changing a value. Parquet (as DuckDB writes it) cannot hold
/// HUGEINT (becomes DOUBLE), TIME WITH TIME ZONE (offset lost), INTERVAL (microseconds lost), … exactly. `unsupported`,
/// naming the column and its type, where no exact way exists. `usage` where two columns share a name.
Result<std::vector<StoredColumn>> storage_columns(const std::vector<Column>& columns,
                                                  HugeintAs hugeint = HugeintAs::decimal);

/// Whether the Parquet column has the very type of the query, so that no cast is needed.
bool is_stored_as_is(const StoredColumn& column);

/// True for the error of a query by `encode_sql` that met a HUGEINT of 39 digits: with HugeintAs::text it would work.
bool is_hugeint_overflow(const Error& error);

/// The SELECT that a COPY writes: `query` with each column cast to its storage type. It fails, when run, rather than
/// write a value that `decode_sql` would not give back.
std::string encode_sql(std::string_view query, const std::vector<StoredColumn>& columns);

/// Whether values of the type may be equal and not the same: INTERVAL '1 month' and '30 days'.
bool has_coarse_equality(std::string_view type);
/// Whether rows may be.
bool has_coarse_equality(const std::vector<Column>& columns);

/// The columns with those of such types as they are stored, as text: then equal values are the same.
std::vector<StoredColumn> compared_columns(std::vector<StoredColumn> columns);

/// The columns with none but these stored in another form: what makes of either form the other.
std::vector<StoredColumn> coarse_columns(std::vector<StoredColumn> columns);

/// A SELECT of a query's rows with such columns as they are compared, and one value as `encode_sql` writes it.
std::string compared_sql(std::string_view query, const std::vector<StoredColumn>& columns);
std::string encode_value(const std::string& value, const StoredColumn& column);

/// The SELECT that gives the query's own types back from `relation` (a table expression over the Parquet files).
std::string decode_sql(std::string_view relation, const std::vector<StoredColumn>& columns);

}  // namespace matview::engine
