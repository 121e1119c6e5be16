#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace matview::support {

enum class Newlines { replace, keep };

/// Text from elsewhere (a server, a query's rows, a file name) made safe for a terminal: escape sequences, invisible
/// and direction-changing characters go, tabs and line ends become a space (`keep` leaves '\n'), other control
/// characters and invalid bytes become U+FFFD. The answer is valid UTF-8.
std::string strip_control(std::string_view text, Newlines newlines = Newlines::replace);

/// The same text with every invalid byte replaced by U+FFFD and nothing else changed.
std::string valid_utf8(std::string_view text);

/// Columns the text takes on a terminal.
int display_width(std::string_view text);

enum class Align { left, right };

/// Fills up with spaces to `width` columns; longer text stays as it is.
std::string pad(std::string_view text, int width, Align align = Align::left);

/// Cuts to at most `width` columns, the last of them '…' where something was cut.
std::string truncate(std::string_view text, int width);

/// Lines of at most `width` columns, broken at spaces; a longer word has a line of its own. Line ends are kept.
std::vector<std::string> wrap(std::string_view text, int width);

/// Decimal units, one digit after the point: "512 B", "13.5 MB".
std::string human_bytes(std::int64_t bytes);

/// With thousands separated: "3,000,000".
std::string human_count(std::int64_t count);

/// "1 file", "2 files", "1,000 files". `plural` is the noun with an 's' unless given.
std::string count_noun(std::int64_t count, std::string_view noun, std::string_view plural = {});

/// The parts joined by `separator`.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace matview::support
