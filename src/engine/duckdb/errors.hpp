#pragma once

#include <map>
#include <string>
#include <string_view>

#include "matview/control.hpp"
#include "matview/error.hpp"

namespace matview::engine {

/// Files that hold a part of another, with the path of that one.
using PartNames = std::map<std::string, std::string>;

/// The error for a message of DuckDB: its first line becomes the message ("Binder Error: …"), the rest the detail.
/// `lines_before` is how many lines we put before the user's text: "LINE 3:" is counted down by them, so that the
/// position is the one in what the user wrote. Of a part the error tells the file it is of, and no lines: they are
/// counted in the part.
Error duckdb_error(std::string_view text, int lines_before = 0, const PartNames& parts = {});

/// The error of a control that has asked to stop; empty optional if it has not.
std::optional<Error> stop_error(const Control& control);

}  // namespace matview::engine
