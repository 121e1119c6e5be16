#include "matview/http.hpp"

#include <algorithm>
#include <cctype>

namespace matview {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

HttpHeaders& HttpHeaders::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const Field& field) { return same_name(field.first, name); });
  return add(std::string(name), std::move(value));
}

HttpHeaders& HttpHeaders::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
  return *this;
}

const std::string* HttpHeaders::find(std::string_view name) const {
  for (const auto& field : fields_)
    if (same_name(field.first, name)) return &field.second;
  return nullptr;
}

std::vector<std::string> HttpHeaders::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& field : fields_)
    if (same_name(field.first, name)) values.push_back(field.second);
  return values;
}

RetryRule RetryRule::read() { return {{408, 429, 500, 502, 503, 504}, true}; }
RetryRule RetryRule::idempotent() { return {{408, 429, 502, 503, 504}, true}; }
RetryRule RetryRule::submit() { return {{429}, false}; }

}  // namespace matview
