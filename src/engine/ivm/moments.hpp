#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ivm/plan.hpp"

namespace matview::engine::ivm {

// Variance, standard deviation, covariance and correlation as SQL. Of each group are kept how many rows count, the sums
// of what is aggregated, of its squares and of the products of two arguments, each with a bound of its error, and the
// result. That of a group which is added up anew is DuckDB's own; after a change it is made of the sums, while these
// tell it to a relative 1e-10. `i` is the place of the aggregate in its block.

/// Whether DuckDB's aggregate of that name is one of them, with so many arguments.
bool is_moment(std::string_view function, std::size_t arguments);

/// What is kept of a group.
std::vector<Column> moment_columns(const Aggregate& aggregate, std::size_t i);

/// Select list of what is kept of rows.
std::string moments_of_rows(const Aggregate& aggregate, std::size_t i);

/// Select list of how that changes by rows with weights 1 and -1.
std::string moments_of_change(const Aggregate& aggregate, std::size_t i);

/// Select list of what is kept after the change d of what there was, o (NULLs if the group is new).
std::string merged_moments(const Aggregate& aggregate, std::size_t i);

/// A condition on o and d: the sums do not tell the result any more.
std::string moments_lost(const Aggregate& aggregate, std::size_t i);

/// The column of what is kept that is the result.
std::string moment_result(std::size_t i);

}  // namespace matview::engine::ivm
