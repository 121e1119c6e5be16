#include "engine/store/bounds.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace matview::engine {

namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// A decimal number of any length as sign, digits before and digits after the point.
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

std::optional<Decimal> decimal(std::string_view text) {
  Decimal number;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  number.whole = text.substr(0, point);
  if (point < text.size()) number.fraction = text.substr(point + 1);
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  if (!std::all_of(number.whole.begin(), number.whole.end(), is_digit)) return std::nullopt;
  if (!std::all_of(number.fraction.begin(), number.fraction.end(), is_digit)) return std::nullopt;
  number.whole.remove_prefix(std::min(number.whole.find_first_not_of('0'), number.whole.size()));
  number.fraction = number.fraction.substr(0, number.fraction.find_last_not_of('0') + 1);
  if (number.whole.empty() && number.fraction.empty()) number.negative = false;
  return number;
}

std::optional<bool> decimal_less(std::string_view a, std::string_view b) {
  const auto left = decimal(a);
  const auto right = decimal(b);
  if (!left || !right) return std::nullopt;
  if (left->negative != right->negative) return left->negative;
  const Decimal& small = left->negative ? *right : *left;
  const Decimal& large = left->negative ? *left : *right;
  if (small.whole.size() != large.whole.size()) return small.whole.size() < large.whole.size();
  if (small.whole != large.whole) return small.whole < large.whole;
  return small.fraction < large.fraction;
}

std::optional<bool> real_less(std::string_view a, std::string_view b) {
  const auto number = [](std::string_view text) -> std::optional<double> {
    const std::string copy(text);
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    if (copy.empty() || *end != '\0' || std::isnan(value)) return std::nullopt;
    return value;
  };
  const auto left = number(a);
  const auto right = number(b);
  if (!left || !right) return std::nullopt;
  return *left < *right;
}

/// Matches a text against a pattern in which 'd' stands for a digit; the text may go on after it.
bool starts_like(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (pattern[i] == 'd' ? !is_digit(text[i]) : text[i] != pattern[i]) return false;
  return true;
}

/// Dates and times of four-digit years sort as their texts do; infinities, BC and five-digit years do not.
bool is_plain_time(std::string_view type, std::string_view text) {
  if (type == "date") return text.size() == 10 && starts_like(text, "dddd-dd-dd");
  if (type == "time" || type == "time_ns") return starts_like(text, "dd:dd:dd");
  if (!starts_like(text, "dddd-dd-dd dd:dd:dd")) return false;
  std::string_view rest = text.substr(19);
  if (type.starts_with("timestamptz")) {
    if (!rest.ends_with("+00")) return false;
    rest.remove_suffix(3);
  }
  if (rest.empty()) return true;
  rest.remove_prefix(1);
  return text[19] == '.' && std::all_of(rest.begin(), rest.end(), is_digit);
}

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), type) != names.end();
}

}  // namespace

std::optional<bool> bound_less(std::string_view type, std::string_view a, std::string_view b) {
  if (type.starts_with("int") && type != "interval") return decimal_less(a, b);
  if (type.starts_with("uint") || type.starts_with("decimal(")) return decimal_less(a, b);
  if (is_one_of(type, {"float32", "float64"})) return real_less(a, b);
  if (is_one_of(type, {"varchar", "blob"})) return a < b;
  if (type == "boolean" && (a == "0" || a == "1") && (b == "0" || b == "1")) return a < b;
  if (type == "uuid" && a.size() == 36 && b.size() == 36) return a < b;
  if (type == "date" || type == "time" || type == "time_ns" || type.starts_with("timestamp"))
    if (is_plain_time(type, a) && is_plain_time(type, b)) return a < b;
  return std::nullopt;
}

}  // namespace matview::engine
