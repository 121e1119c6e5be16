#include "support/edit_distance.hpp"

#include <algorithm>
#include <vector>

#include "support/utf8.hpp"

namespace matview::support {

namespace {

std::u32string characters(std::string_view text) {
  std::u32string out;
  for (std::size_t position = 0; position < text.size();) {
    const auto point = decode_utf8(text, position);
    out.push_back(point.code);
    position += point.size;
  }
  return out;
}

std::u32string folded(std::string_view text) {
  auto out = characters(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  return out;
}

std::size_t distance(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) { return distance(characters(a), characters(b)); }

std::optional<std::string> nearest(std::string_view text, std::span<const std::string> candidates) {
  // Beyond this nobody mistypes a name, and the quadratic comparison would only cost time.
  constexpr std::size_t k_longest = 200;
  const auto wanted = folded(text);
  if (wanted.empty() || wanted.size() > k_longest) return std::nullopt;
  const std::size_t limit =
      wanted.size() < 4 ? 1 : std::min<std::size_t>(std::max<std::size_t>(2, wanted.size() / 3), 5);

  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const auto& candidate : candidates) {
    const auto name = folded(candidate);
    if (name.size() > k_longest) continue;
    const bool cut_short = wanted.size() >= 3 && name.starts_with(wanted);
    const std::size_t edits = distance(wanted, name);
    // A text replaced in full resembles nothing.
    const bool near = edits <= limit && edits < wanted.size();
    if (!near && !cut_short) continue;
    const std::size_t cost = near ? edits : limit + 1;
    if (best == nullptr || cost < best_distance) {
      best = &candidate;
      best_distance = cost;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

}  // namespace matview::support
