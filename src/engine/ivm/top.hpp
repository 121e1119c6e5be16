#pragma once

#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

/// ORDER BY … LIMIT … OFFSET … of one query.
struct Compiler::Limit {
  struct Order {
    std::optional<std::size_t> item;  ///< of the select list, if it is one of those
    std::string suffix;               ///< " DESC NULLS LAST"
  };
  std::int64_t limit = 0;
  std::int64_t offset = 0;
  Json orders = Json::array();
  std::vector<Order> keys;
  std::vector<std::string> added;  ///< columns that were added for the order
};

}  // namespace matview::engine::ivm
