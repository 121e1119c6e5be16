#include "matview/version.hpp"

namespace matview {

std::string_view version() { return MATVIEW_VERSION; }

}  // namespace matview
