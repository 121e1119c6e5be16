#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matview/result.hpp"

namespace matview::http {

/// Percent-encodes everything but RFC 3986's unreserved characters: one path segment or one query value.
std::string percent_encode(std::string_view text);

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=x%20y`: a query, or a body of application/x-www-form-urlencoded.
std::string encode_parameters(const Parameters& parameters);

/// The name or the value of a field of such a body, as it was before it was encoded: '+' is a space. What is not
/// encoded as it must be stays as it is.
std::string decode_form_text(std::string_view text);

/// A base address with a path below it, exactly one '/' between them; a query follows where there are parameters.
/// `path` is encoded already.
std::string join_url(std::string_view base, std::string_view path, const Parameters& parameters = {});

/// An absolute http or https address, taken apart.
struct Url {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case; an IPv6 address without brackets
  int port = 0;        ///< the scheme's own where none is written
  std::string path;    ///< with query; "/" if empty
};

/// `usage` for anything but an absolute http(s) address without user information and fragment.
Result<Url> parse_url(std::string_view text);

/// "localhost", 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

}  // namespace matview::http
