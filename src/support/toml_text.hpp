#pragma once

#include <string>
#include <string_view>

namespace matview::support {

/// `text` as a basic string of TOML, on one line. Invalid UTF-8, which TOML cannot hold, becomes U+FFFD.
std::string toml_string(std::string_view text);

/// The same over several lines where the text has any and stays as it is that way; for people to read and edit.
std::string toml_text(std::string_view text);

/// A key of TOML: bare where it may be, else in quotes.
std::string toml_key(std::string_view key);

}  // namespace matview::support
