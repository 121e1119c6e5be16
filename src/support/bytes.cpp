#include "support/bytes.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace matview::support {

namespace {

constexpr std::array<std::pair<std::string_view, double>, 10> k_units{{
    {"", 1},
    {"B", 1},
    {"KB", 1e3},
    {"MB", 1e6},
    {"GB", 1e9},
    {"TB", 1e12},
    {"KIB", 1024},
    {"MIB", 1024.0 * 1024},
    {"GIB", 1024.0 * 1024 * 1024},
    {"TIB", 1024.0 * 1024 * 1024 * 1024},
}};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Result<std::int64_t> parse_bytes(std::string_view text) {
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  std::string unit(trim(std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end))));
  for (char& c : unit)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  for (const auto& [name, factor] : k_units) {
    if (error != std::errc() || unit != name) continue;
    const double bytes = std::round(amount * factor);
    if (!(bytes >= 0) || bytes > 9e18) break;
    // A plain number keeps every digit.
    std::int64_t exact = 0;
    if (const auto whole = std::from_chars(text.data(), end, exact);
        whole.ec == std::errc() && whole.ptr == end && factor == 1)
      return exact;
    return static_cast<std::int64_t>(bytes);
  }
  return fail(Error(ErrorCode::usage, fmt::format("'{}' is no amount of memory", text))
                  .with_hint("write bytes, or a number and a unit, as 512MB or 4GiB"));
}

}  // namespace matview::support
