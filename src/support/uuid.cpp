#include "support/uuid.hpp"

#include <chrono>

namespace matview::support {

std::string uuid_v7(const Environment& environment) {
  auto bytes = environment.random_bytes();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(environment.now().time_since_epoch()).count();
  const auto milliseconds = static_cast<std::uint64_t>(now);
  for (int i = 0; i < 6; ++i)
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(milliseconds >> (8 * (5 - i)));
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  constexpr char k_digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += k_digits[bytes[i] >> 4];
    text += k_digits[bytes[i] & 15];
  }
  return text;
}

}  // namespace matview::support
