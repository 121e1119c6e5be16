#pragma once

#include <string>

#include "../../support/json.hpp"  // not that of src

namespace matview::test {

/// What a script of this folder prints, as JSON, when it is run with the folder of the libraries of others and with
/// `what`. Throws std::runtime_error if it fails, as where they are not installed.
Json run_library(const std::string& script, const std::string& what, std::string input = {});

}  // namespace matview::test
