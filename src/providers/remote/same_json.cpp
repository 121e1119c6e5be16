#include "providers/remote/same_json.hpp"

#include <algorithm>

#include "support/json.hpp"

namespace matview::providers::remote {

namespace {

Value sorted(Value value) {
  if (const auto* items = value.if_array()) {
    Value::Array array;
    for (const auto& item : *items) array.push_back(sorted(item));
    return array;
  }
  const auto* members = value.if_object();
  if (members == nullptr) return value;
  Value::Object object;
  for (const auto& [key, member] : *members) object.emplace_back(key, sorted(member));
  std::sort(object.begin(), object.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return object;
}

}  // namespace

bool same_json(std::string_view a, std::string_view b) {
  const auto left = support::parse_json(a);
  const auto right = support::parse_json(b);
  return left && right && sorted(*left) == sorted(*right);
}

}  // namespace matview::providers::remote
