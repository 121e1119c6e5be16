#pragma once

#include "support/json.hpp"

namespace matview::output {

using support::double_text;
using support::parse_json;
using support::to_json;

}  // namespace matview::output
