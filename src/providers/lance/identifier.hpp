#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/url.hpp"
#include "matview/result.hpp"

namespace matview::providers::lance {

/// The path of a table, view or namespace from the root, which is the empty one.
using Path = std::vector<std::string>;

constexpr std::string_view k_delimiter = "$";  ///< where a request does not name another

/// A path as a request names it: its parts joined by the delimiter.
struct Identifier {
  Path path;
  std::string delimiter = std::string(k_delimiter);

  bool operator==(const Identifier&) const = default;
};

/// How names and paths come together: a name is its path below the profile's namespace, joined by the delimiter.
struct Naming {
  Path base = {};
  std::string delimiter = std::string(k_delimiter);
};

/// `text` taken apart at the delimiter. `usage` for an empty part.
Result<Path> split_path(std::string_view text, std::string_view delimiter);

std::string join_path(const Path& path, std::string_view delimiter);

/// What a name means. `usage` for a name with an empty part.
Result<Identifier> identifier_of(std::string_view name, const Naming& naming);

/// The name of a path; the whole path where it does not lie below the base.
std::string name_of(const Path& path, const Naming& naming);

/// The path of a table that a listing of `space` names. Servers name it relative to the namespace, some by its whole
/// path.
Path listed_path(std::string_view listed, const Identifier& space);

/// `usage` for a delimiter that cannot be told from the names or from the rest of an address.
Result<void> check_delimiter(std::string_view delimiter);

/// The identifier as one segment of an address's path, encoded; the root is the delimiter itself.
std::string segment(const Identifier& id);

/// `delimiter=…`, where it is not the usual one.
http::Parameters delimiter_parameter(const Identifier& id);

}  // namespace matview::providers::lance
