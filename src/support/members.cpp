#include "support/members.hpp"

#include "support/time_text.hpp"

namespace matview::support {

std::string text(const Value& object, std::string_view key) {
  const auto* found = object.at(key).if_string();
  return found == nullptr ? std::string() : *found;
}

const Value::Array& elements(const Value& object, std::string_view key) {
  static const Value::Array k_none;
  const auto* array = object.at(key).if_array();
  return array == nullptr ? k_none : *array;
}

Value text_or_null(std::string_view text) { return text.empty() ? Value() : Value(text); }

Value time_or_null(const std::optional<Time>& time) { return time ? Value(format_rfc3339(*time)) : Value(); }

Value array_of(const std::vector<std::string>& texts) {
  Value::Array array;
  array.reserve(texts.size());
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

}  // namespace matview::support
