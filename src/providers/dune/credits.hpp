#pragma once

#include <string>

namespace matview::providers::dune {

/// With thousands separated and at most two digits after the point: "2,379.5".
std::string credits_text(double credits);

}  // namespace matview::providers::dune
