#pragma once

#include <string>

#include "matview/environment.hpp"
#include "matview/request.hpp"
#include "matview/result.hpp"

namespace matview::providers::thoughtspot {

/// What a create is to send: TML from a file, or that of an SQL view made of options.
struct Definition {
  std::string tml;
  std::string guid;  ///< that stands in it
  std::string subtype;
};

/// `usage` for options that contradict each other or lack something, `unsupported` for what no call of ThoughtSpot can
/// do. Reads the file; sends nothing.
Result<Definition> read_definition(const CreateRequest& request, const Environment& environment);

}  // namespace matview::providers::thoughtspot
