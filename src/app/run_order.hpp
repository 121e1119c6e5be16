#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "app/selection.hpp"

namespace matview::app {

/// Which views of a run may be begun: those whose upstream has come to its end, in the order in which they stand.
/// How it ended is the caller's concern.
class RunOrder {
 public:
  /// `views` are in dependency order; what only closes a circle is no reason to wait.
  explicit RunOrder(const std::vector<Selected>& views);

  /// What may be begun now, in order.
  const std::set<std::size_t>& ready() const { return ready_; }
  void begin(std::size_t index) { ready_.erase(index); }
  /// Those that waited for it alone become ready.
  void end(std::size_t index);

  /// Views of this run that one reads from directly.
  const std::vector<std::size_t>& upstream_of(std::size_t index) const { return upstream_[index]; }
  /// All have ended.
  bool done() const { return left_ == 0; }

 private:
  std::vector<std::vector<std::size_t>> upstream_;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<std::size_t> open_;  ///< of what it reads, how many have not ended
  std::set<std::size_t> ready_;
  std::size_t left_ = 0;
};

}  // namespace matview::app
