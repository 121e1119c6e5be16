#pragma once

#include <string_view>

namespace matview::engine {

/// SQL function of every Database: __matview_live(delete_file VARCHAR, position BIGINT) -> BOOLEAN says whether a
/// delete file does not name a row of its data file. The delete file must be a constant. It is read once in the life of
/// a Database, and each row then costs a look at one bit, whereas an anti join costs several times as much, and more
/// the more rows are gone.
inline constexpr std::string_view k_live_function = "__matview_live";

}  // namespace matview::engine
