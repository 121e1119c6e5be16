#include "support/home.hpp"

#include <string>

namespace matview::support {

namespace fs = std::filesystem;

std::optional<fs::path> home_directory(const Environment& environment) {
  const auto home = environment.variable("HOME");
  if (!home || !fs::path(*home).is_absolute()) return std::nullopt;
  return fs::path(*home).lexically_normal();
}

std::optional<fs::path> xdg_directory(const Environment& environment, std::string_view variable,
                                      std::string_view fallback) {
  const auto value = environment.variable(std::string(variable));
  if (value && fs::path(*value).is_absolute()) return fs::path(*value).lexically_normal();
  const auto home = home_directory(environment);
  if (!home) return std::nullopt;
  return *home / fallback;
}

std::optional<fs::path> expand_path(std::string_view text, const fs::path& base, const Environment& environment) {
  if (text == "~" || text.substr(0, 2) == "~/") {
    const auto home = home_directory(environment);
    if (!home) return std::nullopt;
    return (*home / text.substr(text.size() > 1 ? 2 : 1)).lexically_normal();
  }
  return (base / text).lexically_normal();
}

}  // namespace matview::support
