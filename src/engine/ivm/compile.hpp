#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ivm/plan.hpp"
#include "engine/sources/syntax.hpp"

namespace matview::engine::ivm {

/// A reference of the definition, as the compiler sees it.
struct Leaf {
  std::string name;             ///< what the query calls it, without an alias of the user's
  std::vector<Column> columns;  ///< empty for one that stands for itself, as range(10)
  bool traced = false;          ///< its rows are to be traced to their files wherever they can be
};

/// Takes a definition apart into blocks and finds for each input of each block how its changes go on. `leaves` are
/// those of `syntax.references`. Tables named __matview_… are made in `database`. `unsupported`, with the coded reason
/// in `detail`, for a definition that can only be recomputed.
Result<Plan> compile(Database& database, std::string_view sql, const Syntax& syntax, const std::vector<Leaf>& leaves);

}  // namespace matview::engine::ivm
