#pragma once

#include <cstdint>
#include <vector>

namespace matview::property {

/// Numbers that depend on the seed alone (splitmix64), the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15U;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

  /// 0 to count - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(bits() % count); }

  /// `low` to `high`, both included.
  int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::size_t>(high - low + 1))); }

  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  template <typename T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }

  /// An index; each as likely as its weight says.
  std::size_t weighted(const std::vector<int>& weights) {
    std::size_t sum = 0;
    for (const int weight : weights) sum += static_cast<std::size_t>(weight);
    auto left = below(sum);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (left < static_cast<std::size_t>(weights[i])) return i;
      left -= static_cast<std::size_t>(weights[i]);
    }
    return 0;
  }

 private:
  std::uint64_t state_;
};

}  // namespace matview::property
