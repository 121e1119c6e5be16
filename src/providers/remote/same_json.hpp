#pragma once

#include <string_view>

namespace matview::providers::remote {

/// Whether two texts are JSON of the same content; members may stand in another order.
bool same_json(std::string_view a, std::string_view b);

}  // namespace matview::providers::remote
