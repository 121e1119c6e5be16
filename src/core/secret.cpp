#include "matview/secret.hpp"

#include <cstring>
#include <ostream>
#include <utility>

namespace matview {

void wipe(std::string& text) noexcept {
  // explicit_bzero is the one the compiler may not drop. The spare capacity may hold an older, longer value.
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string&& text) : text_(text) { wipe(text); }

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  wipe(text_);
  text_ = other.text_;
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(text_);
  text_.swap(other.text_);
  return *this;
}

Secret::~Secret() { wipe(text_); }

std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

namespace {

// Letters, digits and '_' only: nothing that JSON, a URL or a form would spell differently.
constexpr std::string_view k_begin = "__matview_secret__";
constexpr std::string_view k_end = "__";

}  // namespace

std::string secret_placeholder(std::string_view variable) {
  return std::string(k_begin).append(variable).append(k_end);
}

std::string replace_placeholders(std::string_view text, std::string (*replace)(std::string_view variable)) {
  std::string result;
  while (true) {
    const auto begin = text.find(k_begin);
    const auto name = begin == std::string_view::npos ? begin : begin + k_begin.size();
    const auto end = name == std::string_view::npos ? name : text.find(k_end, name);
    if (end == std::string_view::npos) return result.append(text);
    result.append(text.substr(0, begin)).append(replace(text.substr(name, end - name)));
    text.remove_prefix(end + k_end.size());
  }
}

}  // namespace matview
