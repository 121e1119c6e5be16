#pragma once

#include <vector>

#include "config/views_file.hpp"

namespace matview::config {

/// An error for each cycle among the views' `depends_on`, at the first of its views. What is not among `views` leads
/// nowhere.
std::vector<Error> cycles_of(const std::vector<DefinedView>& views);

}  // namespace matview::config
