#pragma once

#include <string_view>

namespace matview::engine {

/// `sql` without trailing semicolons, blanks and comments, so that it can stand in parentheses. Strings, quoted names,
/// dollar quotes and (nested) comments are read as DuckDB reads them.
std::string_view without_terminator(std::string_view sql);

}  // namespace matview::engine
