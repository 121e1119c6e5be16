#include "matview/value.hpp"

#include <algorithm>

namespace matview {

const Value& Value::at(std::string_view key) const {
  static const Value k_null;
  if (const auto* members = if_object())
    for (const auto& [name, value] : *members)
      if (name == key) return value;
  return k_null;
}

Value& Value::set(std::string_view key, Value value) {
  if (is_null()) data_ = Object{};
  auto& members = std::get<Object>(data_);
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.first == key; });
  if (found != members.end())
    found->second = std::move(value);
  else
    members.emplace_back(std::string(key), std::move(value));
  return *this;
}

Value& Value::push(Value value) {
  if (is_null()) data_ = Array{};
  std::get<Array>(data_).push_back(std::move(value));
  return *this;
}

}  // namespace matview
