#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::app {

/// The rules for the name of a new view, in one place. A name is UTF-8 of at most 200 bytes; it may hold spaces, quotes
/// and dots. Refused are: the empty name; control characters; '/' and ':' (paths and profiles); '*', '?', '[', ']'
/// (selectors); '-' or '+' in front, '+' or white space at the end, white space in front; "." and "..".
/// `usage`, saying which rule.
Result<void> check_new_name(std::string_view name);

/// `NAME` or `PROFILE:NAME`, taken apart at the first colon.
struct Reference {
  std::string profile;  ///< empty: the profile in use
  std::string name;
};

/// `usage` for an empty profile or name, and for control characters.
Result<Reference> parse_reference(std::string_view text);

/// How a view is called in messages: with its profile unless that is the one in use.
std::string display_name(std::string_view profile, std::string_view name, std::string_view profile_in_use);

}  // namespace matview::app
