#pragma once

#include <string>
#include <vector>

#include "matview/http.hpp"
#include "matview/value.hpp"

namespace matview::output {

/// {"purpose", "method", "url", "headers", "body"}: a body that is JSON as a value, any other as text, none as null; a
/// header that stands there several times as a list. Secrets and what stands for them are "***".
Value to_value(const HttpRequest& request);

/// The request as it would go over the wire, JSON laid out, secrets masked the same way. Not made safe for a terminal.
std::string request_text(const HttpRequest& request);

/// Commands for a POSIX shell, each headed by a comment that tells what it is for. Secrets are variables.
std::string curl_script(const std::vector<HttpRequest>& requests);

}  // namespace matview::output
