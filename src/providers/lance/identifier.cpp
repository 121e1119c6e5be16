#include "providers/lance/identifier.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace matview::providers::lance {

namespace {

bool begins_with(const Path& path, const Path& start) {
  return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

Path split(std::string_view text, std::string_view delimiter) {
  Path path;
  while (true) {
    const auto end = text.find(delimiter);
    path.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return path;
    text.remove_prefix(end + delimiter.size());
  }
}

}  // namespace

Result<Path> split_path(std::string_view text, std::string_view delimiter) {
  auto path = split(text, delimiter);
  if (std::find(path.begin(), path.end(), "") == path.end()) return path;
  return fail(Error(ErrorCode::usage, fmt::format("the name '{}' has an empty part", text))
                  .with_hint(fmt::format("parts are separated by one '{}'; for names that hold it choose another with "
                                         "--delimiter, or the key delimiter of the profile",
                                         delimiter)));
}

std::string join_path(const Path& path, std::string_view delimiter) {
  return fmt::format("{}", fmt::join(path, delimiter));
}

Result<Identifier> identifier_of(std::string_view name, const Naming& naming) {
  MATVIEW_ASSIGN(auto parts, split_path(name, naming.delimiter));
  Identifier id{naming.base, naming.delimiter};
  id.path.insert(id.path.end(), parts.begin(), parts.end());
  return id;
}

std::string name_of(const Path& path, const Naming& naming) {
  const bool below = path.size() > naming.base.size() && begins_with(path, naming.base);
  const auto skipped = below ? static_cast<std::ptrdiff_t>(naming.base.size()) : 0;
  return join_path(Path(path.begin() + skipped, path.end()), naming.delimiter);
}

Path listed_path(std::string_view listed, const Identifier& space) {
  const auto parts = split(listed, space.delimiter);
  if (parts.size() > space.path.size() && begins_with(parts, space.path)) return parts;
  Path path = space.path;
  path.insert(path.end(), parts.begin(), parts.end());
  return path;
}

Result<void> check_delimiter(std::string_view delimiter) {
  const bool odd = std::any_of(delimiter.begin(), delimiter.end(),
                               [](unsigned char c) { return c <= 0x20 || c == 0x7f || c == '/' || c == '\\'; });
  if (!delimiter.empty() && delimiter.size() <= 16 && !odd) return {};
  return fail(Error(ErrorCode::usage, fmt::format("'{}' cannot separate the parts of a name", delimiter))
                  .with_hint("take a character or two that no name holds, as '$' or '::'; no space and no slash"));
}

std::string segment(const Identifier& id) {
  return http::percent_encode(id.path.empty() ? id.delimiter : join_path(id.path, id.delimiter));
}

http::Parameters delimiter_parameter(const Identifier& id) {
  if (id.delimiter == k_delimiter) return {};
  return {{"delimiter", id.delimiter}};
}

}  // namespace matview::providers::lance
