#pragma once

#include <filesystem>

#include "http/trace_transport.hpp"
#include "matview/result.hpp"

namespace matview::cli {

/// A trace that is appended to a file, made with mode 0600. `usage` where it cannot be opened. A disk that is full
/// later on ends the trace and not the work.
Result<http::TraceSink> open_trace_file(const std::filesystem::path& path);

}  // namespace matview::cli
