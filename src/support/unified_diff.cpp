#include "support/unified_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace matview::support {

namespace {

using Lines = std::vector<std::string_view>;

constexpr std::ptrdiff_t k_most_edits = 2'000;
constexpr std::size_t k_context = 3;

/// With their ends, so that a last line without one differs from the same with one.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

struct Edit {
  char sign = ' ';  ///< ' ', '-', '+'
  std::size_t before = 0;
  std::size_t after = 0;
  std::string_view line;
};

/// The furthest reaching paths of each number of edits, by diagonal.
std::vector<std::vector<std::ptrdiff_t>> trace(const Lines& a, const Lines& b) {
  const auto n = static_cast<std::ptrdiff_t>(a.size());
  const auto m = static_cast<std::ptrdiff_t>(b.size());
  const auto most = std::min(n + m, k_most_edits);
  std::vector<std::vector<std::ptrdiff_t>> rounds;
  std::vector<std::ptrdiff_t> reach(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::ptrdiff_t k) -> std::ptrdiff_t& { return reach[static_cast<std::size_t>(k + most + 1)]; };
  for (std::ptrdiff_t d = 0; d <= most; ++d) {
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      std::ptrdiff_t x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      while (x < n && x - k < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(x - k)]) ++x;
      at(k) = x;
      if (x < n || x - k < m) continue;
      rounds.emplace_back(reach.begin() + (most + 1 - d - 1), reach.begin() + (most + 1 + d + 2));
      return rounds;
    }
    rounds.emplace_back(reach.begin() + (most + 1 - d - 1), reach.begin() + (most + 1 + d + 2));
  }
  return {};
}

std::vector<Edit> whole(const Lines& a, const Lines& b) {
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < a.size(); ++i) edits.push_back({'-', i, 0, a[i]});
  for (std::size_t i = 0; i < b.size(); ++i) edits.push_back({'+', a.size(), i, b[i]});
  return edits;
}

std::vector<Edit> script(const Lines& a, const Lines& b) {
  const auto rounds = trace(a, b);
  if (rounds.empty()) return whole(a, b);
  std::vector<Edit> edits;
  auto x = static_cast<std::ptrdiff_t>(a.size());
  auto y = static_cast<std::ptrdiff_t>(b.size());
  const auto add = [&](char sign) {
    const auto i = static_cast<std::size_t>(x);
    const auto j = static_cast<std::size_t>(y);
    edits.push_back({sign, i, j, sign == '+' ? b[j] : a[i]});
  };
  for (auto d = static_cast<std::ptrdiff_t>(rounds.size()) - 1; d > 0; --d) {
    const auto& last = rounds[static_cast<std::size_t>(d - 1)];
    // A round keeps the diagonals from -d - 1 to d + 1.
    const auto at = [&](std::ptrdiff_t k) { return last[static_cast<std::size_t>(k + d)]; };
    const auto k = x - y;
    const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
    const auto from_x = at(down ? k + 1 : k - 1);
    const auto from_y = from_x - (down ? k + 1 : k - 1);
    while (x > from_x && y > from_y && (x - 1 >= from_x + (down ? 0 : 1)) && (y - 1 >= from_y + (down ? 1 : 0))) {
      --x;
      --y;
      add(' ');
    }
    (down ? y : x) -= 1;
    add(down ? '+' : '-');
  }
  while (x > 0 && y > 0) {
    --x;
    --y;
    add(' ');
  }
  std::reverse(edits.begin(), edits.end());
  return edits;
}

std::string range(std::size_t start, std::size_t count) {
  if (count == 1) return fmt::format("{}", start + 1);
  return fmt::format("{},{}", count == 0 ? start : start + 1, count);
}

std::string hunk(const std::vector<Edit>& edits, std::size_t begin, std::size_t end) {
  std::size_t removed = 0;
  std::size_t added = 0;
  std::string body;
  for (std::size_t i = begin; i < end; ++i) {
    const auto& edit = edits[i];
    removed += edit.sign != '+' ? 1 : 0;
    added += edit.sign != '-' ? 1 : 0;
    body += edit.sign;
    body += edit.line;
    if (!edit.line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  return fmt::format("@@ -{} +{} @@\n", range(edits[begin].before, removed), range(edits[begin].after, added)) + body;
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after) {
  const auto edits = script(lines_of(before), lines_of(after));
  std::string text;
  for (std::size_t i = 0; i < edits.size();) {
    if (edits[i].sign == ' ') {
      ++i;
      continue;
    }
    const std::size_t begin = i < k_context ? 0 : i - k_context;
    std::size_t last = i;  // the last edit of the hunk: the next is no further than twice the context away
    for (std::size_t next = i; next < edits.size() && next <= last + 2 * k_context + 1; ++next)
      if (edits[next].sign != ' ') last = next;
    const std::size_t end = std::min(edits.size(), last + k_context + 1);
    text += hunk(edits, begin, end);
    i = end;
  }
  return text;
}

}  // namespace matview::support
