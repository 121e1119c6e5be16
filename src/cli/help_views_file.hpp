#pragma once

#include <string_view>

namespace matview::cli {

/// The help topic about views as code: the file, `diff`, `apply`, `validate`.
extern const std::string_view k_views_file_topic;

}  // namespace matview::cli
