#pragma once

#include <string_view>

namespace matview::engine {

// SQL functions that every Database has. DuckDB asks them within its scans, before it reads the other columns.

/// __matview_live(delete_file VARCHAR, position BIGINT) -> BOOLEAN says whether a delete file does not name a row of
/// its data file. The delete file must be a constant. It is read once in the life of a Database, and each row then
/// costs a look at one bit, whereas an anti join costs several times as much, and more the more rows are gone.
inline constexpr std::string_view k_live_function = "__matview_live";

/// __matview_among(keys VARCHAR, hash UBIGINT) -> BOOLEAN is true for each hash that Database::remember_keys was told
/// under that name, which must be a constant, and for one in sixteen others at most, about. In front of a join with few
/// keys it costs a fifth of what the join does for each row.
inline constexpr std::string_view k_among_function = "__matview_among";

}  // namespace matview::engine
