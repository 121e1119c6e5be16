#include "providers/remote/fields.hpp"

#include <charconv>
#include <cmath>

#include "support/time_text.hpp"

namespace matview::providers::remote {

std::optional<std::int64_t> integer(const Value& object, std::string_view key) {
  const Value& value = object.at(key);
  if (const auto* number = value.if_integer()) return *number;
  if (const auto* number = value.if_double(); number != nullptr && std::trunc(*number) == *number)
    if (std::abs(*number) < 9.0e15) return static_cast<std::int64_t>(*number);
  if (const auto* digits = value.if_string(); digits != nullptr && !digits->empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), number);
    if (error == std::errc() && end == digits->data() + digits->size()) return number;
  }
  return std::nullopt;
}

std::optional<double> real(const Value& object, std::string_view key) {
  const Value& value = object.at(key);
  if (const auto* number = value.if_double()) return *number;
  if (const auto* number = value.if_integer()) return static_cast<double>(*number);
  return std::nullopt;
}

std::optional<bool> boolean(const Value& object, std::string_view key) {
  const auto* found = object.at(key).if_bool();
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<Time> time(const Value& object, std::string_view key) {
  const auto parsed = support::parse_rfc3339(text(object, key));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<Time> time_from_millis(const Value& object, std::string_view key) {
  // Beyond this the microseconds of Time overflow; a backend that says so says nothing.
  constexpr std::int64_t k_far = std::int64_t{1} << 52;
  const auto millis = integer(object, key);
  if (!millis || *millis > k_far || *millis < -k_far) return std::nullopt;
  return Time(std::chrono::milliseconds(*millis));
}

std::vector<std::string> texts(const Value& object, std::string_view key) {
  std::vector<std::string> found;
  for (const auto& element : elements(object, key))
    if (const auto* one = element.if_string()) found.push_back(*one);
  return found;
}

}  // namespace matview::providers::remote
