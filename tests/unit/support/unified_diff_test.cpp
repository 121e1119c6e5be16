#include "support/unified_diff.hpp"

#include <doctest/doctest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

using matview::support::unified_diff;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

/// What patch(1) would make of `before`; "?" where the hunks do not fit.
std::string patched(const std::string& before, const std::string& diff) {
  const auto old = lines_of(before);
  std::size_t at = 0;
  std::string result;
  std::istringstream stream(diff);
  std::string line;
  while (std::getline(stream, line)) {
    if (line.rfind("@@ -", 0) == 0) {
      std::size_t start = std::stoul(line.substr(4));
      const auto comma = line.find_first_of(", ", 4);
      const bool empty = line[comma] == ',' && std::stoul(line.substr(comma + 1)) == 0;
      if (!empty) --start;
      if (start < at) return "?";
      while (at < start) result += old[at++];
      continue;
    }
    if (line.rfind("\\", 0) == 0) {
      result.pop_back();
      continue;
    }
    const auto text = line.substr(1) + "\n";
    if (line[0] != '+') {
      if (at >= old.size() || (old[at] != text && old[at] + "\n" != text)) return "?";
      ++at;
    }
    if (line[0] == '+' || line[0] == ' ') result += text;
    // A removed last line without an end is followed by a remark that is about no line of the result.
    if (line[0] == '-' && stream.peek() == '\\') std::getline(stream, line);
  }
  while (at < old.size()) result += old[at++];
  return result;
}

}  // namespace

TEST_CASE("equal texts have no difference") {
  CHECK(unified_diff("", "").empty());
  CHECK(unified_diff("a\nb\n", "a\nb\n").empty());
}

TEST_CASE("a difference is told as diff -u tells it") {
  CHECK(unified_diff("a\nb\nc\n", "a\nx\nc\n") == "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
  CHECK(unified_diff("", "a\n") == "@@ -0,0 +1 @@\n+a\n");
  CHECK(unified_diff("a\n", "") == "@@ -1 +0,0 @@\n-a\n");
  CHECK(unified_diff("a", "b") == "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n");
}

TEST_CASE("what lies far apart has hunks of its own") {
  std::string before;
  for (int i = 1; i <= 20; ++i) before += std::to_string(i) + "\n";
  auto after = before;
  after.replace(0, 2, "one\n");
  after.replace(after.find("20\n"), 3, "twenty\n");
  CHECK(unified_diff(before, after) ==
        "@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n@@ -17,4 +17,4 @@\n 17\n 18\n 19\n-20\n+twenty\n");
}

TEST_CASE("every difference, applied, makes the other text, and no shorter one is missed") {
  std::mt19937 random(4711);
  for (int round = 0; round < 3000; ++round) {
    const auto text = [&] {
      std::string made;
      const auto count = random() % 12;
      for (std::size_t i = 0; i < count; ++i) made += std::string(1, static_cast<char>('a' + random() % 3)) + "\n";
      if (!made.empty() && random() % 4 == 0) made.pop_back();
      return made;
    };
    const auto before = text();
    const auto after = text();
    const auto diff = unified_diff(before, after);
    CAPTURE(before);
    CAPTURE(after);
    CAPTURE(diff);
    CHECK(patched(before, diff) == after);
    // The length of the longest common subsequence tells how many edits there must be.
    const auto a = lines_of(before);
    const auto b = lines_of(after);
    std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
    for (std::size_t i = 1; i <= a.size(); ++i)
      for (std::size_t j = 1; j <= b.size(); ++j)
        common[i][j] = a[i - 1] == b[j - 1] ? common[i - 1][j - 1] + 1 : std::max(common[i - 1][j], common[i][j - 1]);
    std::size_t edits = 0;
    for (const auto& line : lines_of(diff)) edits += line[0] == '+' || line[0] == '-' ? 1 : 0;
    CHECK(edits == a.size() + b.size() - 2 * common[a.size()][b.size()]);
  }
}

TEST_CASE("texts that have little in common are still told, in a time that is bounded") {
  std::string before;
  std::string after;
  for (int i = 0; i < 5000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  CHECK(patched(before, unified_diff(before, after)) == after);
}
