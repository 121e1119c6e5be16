#pragma once

#include <string>

#include "matview/http.hpp"

namespace matview::http {

/// The request as a command for a POSIX shell, over several lines: each placeholder is a quoted "$VARIABLE", everything
/// else is literal. A form whose fields hold placeholders goes as --data-urlencode, so that the shell's value is
/// encoded.
std::string to_curl_command(const HttpRequest& request);

}  // namespace matview::http
