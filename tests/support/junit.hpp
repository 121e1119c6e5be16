#pragma once

#include <filesystem>
#include <vector>

#include "json.hpp"

namespace matview::test {

/// The testcases of a JUnit file, checked by tests/support/check_junit: name, classname, time, outcome, message, type,
/// detail, out. Throws std::runtime_error for a file that is not as the format wants it.
std::vector<Json> read_junit(const std::filesystem::path& file);

}  // namespace matview::test
