#pragma once

#include <string_view>

namespace matview::support {

/// True if the text has a character that `glob_match` does not take literally.
bool has_glob(std::string_view text);

/// Matches a whole text against a shell pattern: `*` any characters, `?` one, `[abc]` `[a-z]` `[!a]` one of a set,
/// `\` takes the next one literally. A '[' that nothing closes stands for itself. Case matters. Never slower than
/// the product of both lengths.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace matview::support
