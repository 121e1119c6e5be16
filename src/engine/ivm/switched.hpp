#pragma once

#include <functional>
#include <map>
#include <string>

#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

/// What decides, for all rows of a query at once, which of them are let through and what is made of each: the time, or
/// what a subquery reads.
struct Compiler::Switch {
  std::function<bool(const Json&)> reads;  ///< whether an expression depends on it
  std::function<Json(Json)> before;        ///< the same expression as it was
  Json range;                              ///< what a row for which a condition differs must meet; null if unknown
};

/// The template with expressions in place of columns of these names.
Json filled(Json tree, const std::map<std::string, Json>& parts);

}  // namespace matview::engine::ivm
