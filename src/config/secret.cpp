#include "config/secret.hpp"

#include <cstring>
#include <ostream>
#include <utility>

namespace matview::config {

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

}  // namespace matview::config
