#pragma once

#include <string>
#include <string_view>

namespace matview::cli {

// Text as mdoc(7) wants it. Nothing in what comes in is taken for a macro or an escape.

/// Text inside a line.
std::string mdoc_text(std::string_view text);

/// The text as an argument of a macro.
std::string mdoc_argument(std::string_view text);

/// Paragraphs, which an empty line separates; each sentence begins a line.
std::string mdoc_paragraphs(std::string_view text);

/// A line as it is typed.
std::string mdoc_literal(std::string_view line);

}  // namespace matview::cli
