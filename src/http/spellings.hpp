#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace matview::http {

/// Every way in which a secret may stand in a text: as it is, percent-encoded (both cases of the digits, and with the
/// characters that some encoders leave alone), form-encoded, escaped as JSON or HTML, and in base64, also as a part of
/// something longer ("user:password"). Each once, longest first.
std::vector<std::string> spellings(std::string_view secret);

}  // namespace matview::http
