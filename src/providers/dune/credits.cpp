#include "providers/dune/credits.hpp"

#include <fmt/format.h>

#include <cmath>

#include "support/text.hpp"

namespace matview::providers::dune {

std::string credits_text(double credits) {
  constexpr double k_most = 1e15;  // beyond it a hundredth is none
  if (!std::isfinite(credits) || std::abs(credits) > k_most) return fmt::format("{}", credits);
  const auto hundredths = std::llround(std::abs(credits) * 100);
  std::string text = (credits < 0 && hundredths > 0 ? "-" : "") + support::human_count(hundredths / 100);
  if (hundredths % 100 != 0) {
    text += fmt::format(".{:02}", hundredths % 100);
    if (text.ends_with('0')) text.pop_back();
  }
  return text;
}

}  // namespace matview::providers::dune
