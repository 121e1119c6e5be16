#pragma once

#include <string>
#include <string_view>

#include "matview/control.hpp"
#include "matview/error.hpp"

namespace matview::engine {

/// The error for a message of DuckDB: its first line becomes the message ("Binder Error: …"), the rest the detail.
/// `lines_before` is how many lines we put before the user's text: "LINE 3:" is counted down by them, so that the
/// position is the one in what the user wrote.
Error duckdb_error(std::string_view text, int lines_before = 0);

/// The error of a control that has asked to stop; empty optional if it has not.
std::optional<Error> stop_error(const Control& control);

}  // namespace matview::engine
