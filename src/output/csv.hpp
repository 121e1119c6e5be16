#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matview/value.hpp"
#include "output/format.hpp"

namespace matview::output {

/// One record of CSV, quoted as RFC 4180 says, with a line end ('\n' alone, as every Unix tool expects it).
/// Null is an empty field and the empty text is "", so that they can be told apart. Exact, except on a terminal, where
/// control characters are stripped.
std::string csv_record(const std::vector<Value>& fields, const Style& style);

}  // namespace matview::output
