#pragma once

#include <string>
#include <string_view>

namespace matview::support {

/// The change from one text to the other, line by line, as `diff -u` writes it without its first two lines: hunks of
/// "@@ -1,3 +1,4 @@" with three lines of context. Empty for equal texts. A last line without an end is told as diff
/// does. Shortest script (Myers, "An O(ND) Difference Algorithm", 1986), up to 2,000 edits; beyond these what differs
/// goes and comes as a whole.
std::string unified_diff(std::string_view before, std::string_view after);

}  // namespace matview::support
