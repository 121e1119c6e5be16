#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::providers::dune {

/// A view's name, taken apart. The service knows two forms: `result_x`, and `dune.OWNER.result_x` with the handle of
/// the account that owns it.
struct ViewName {
  std::string owner;  ///< as it was written, quotes included; empty: the account of the key
  std::string bare;   ///< what follows the last dot
};

/// The name of a view that is there. `usage` for what is neither form; a bare name without `result_` gets the prefixed
/// one as a hint.
Result<ViewName> parse_name(std::string_view text);

/// The name of a view to be made, by the service's own rule: lower case letters, digits and '_' after `result_`, no '_'
/// at the end, at most 128 characters.
Result<ViewName> parse_new_name(std::string_view text);

/// `dune.OWNER.result_x`: the only form that paths take.
std::string full_name(std::string_view owner, std::string_view bare);

/// The owner in a full name, as it is spelt there; empty in a bare one.
std::string owner_of(std::string_view name);

/// An owner that begins with a digit stands in quotes in SQL; both spellings mean the same account.
bool same_owner(std::string_view a, std::string_view b);

/// How a view is called here: bare where it belongs to `own`, the account of the key, and bears the prefix.
std::string shown_name(std::string_view full, std::string_view own);

}  // namespace matview::providers::dune
