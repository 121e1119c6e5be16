#include "http/redactor.hpp"

#include <algorithm>

#include "http/spellings.hpp"

namespace matview::http {

namespace {

constexpr std::size_t k_shortest = 4;
constexpr std::string_view k_mask = "***";

}  // namespace

void Redactor::add(const Secret& secret) {
  if (secret.reveal().size() < k_shortest) return;
  auto spelled = spellings(secret.reveal());
  const std::lock_guard lock(mutex_);
  for (auto& form : spelled) {
    const bool known =
        std::any_of(forms_.begin(), forms_.end(), [&](const Secret& other) { return other.reveal() == form; });
    if (known)
      wipe(form);
    else
      forms_.emplace_back(std::move(form));
  }
  // So that of two secrets, one of which begins with the other, the longer goes whole.
  std::stable_sort(forms_.begin(), forms_.end(),
                   [](const Secret& a, const Secret& b) { return a.reveal().size() > b.reveal().size(); });
}

std::string Redactor::mask(std::string_view text) const {
  std::string result(text);
  const std::lock_guard lock(mutex_);
  for (const auto& secret : forms_) {
    const auto& form = secret.reveal();
    for (auto at = result.find(form); at != std::string::npos; at = result.find(form, at + k_mask.size()))
      result.replace(at, form.size(), k_mask);
  }
  return result;
}

}  // namespace matview::http
