#pragma once

#include <string>
#include <string_view>

#include "matview/error.hpp"
#include "output/format.hpp"

namespace matview::output {

/// What goes to stderr for a failure, line ends included: "error: …", its detail indented, "hint: …"; or, for the JSON
/// formats, one line {"error":{…}}.
std::string render_error(const Error& error, Format format, const Style& style);

/// "warning: …", or one line {"warning":{"message":…}}.
std::string render_warning(std::string_view text, Format format, const Style& style);

/// A remark on what was done ("nothing to do"); nothing under `quiet` and for the JSON formats.
std::string render_note(std::string_view text, Format format, const Style& style);

}  // namespace matview::output
