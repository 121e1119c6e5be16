#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ivm/plan.hpp"

namespace matview::engine::ivm {

// What is kept of a group, as SQL. A block of groups has for each group its keys, how many rows it has, and for each
// aggregate the partial results that its result is made of and that those of other rows can be added to.

inline constexpr std::string_view k_group_count = "__matview_n";

// Of a sum of floating-point numbers: what each addition may be off by, as a part of what is added; and as a part of
// the result how far it may be off before the group is added up anew. DuckDB's own sum of the same rows in another
// order is off by about as much; 1e-9 is what `verify` allows.
inline constexpr std::string_view k_rounding = "1e-15";
inline constexpr std::string_view k_tolerance = "1e-10";

/// The type of an exact sum of values of the type, wide enough for any number of them.
std::string sum_type(const std::string& type);

/// Columns of the state of a block of groups: keys, how many rows, and partial results. `input` are those of its rows.
std::vector<Column> group_state_columns(const Block& block, const std::vector<Column>& input);

/// "a.k1, a.k2, " for the alias a; empty where all rows are one group.
std::string key_list(const Block& block, std::string_view alias = {});

/// SELECT of the partial results of `rows`, a SELECT.
std::string partials_from_scratch(const Block& block, const std::string& rows);

/// The same of rows that all come (sign 1) or all go (-1), where nothing but sums and counts is kept: those of what
/// goes are negative.
std::string signed_partials(const Block& block, const std::string& rows, int sign);
/// Adds up what `signed_partials` made, `parts` being a SELECT of them all.
std::string sum_of_partials(const Block& block, const std::string& parts);

/// SELECT of how partial results change by `rows` with weights. Extremes have what came and what went.
std::string partials_of_change(const Block& block, const std::string& rows);

/// A condition for partial results that change something; empty where even those that come out as 0 may.
std::string any_difference(const Block& block);

/// Merges o (the state there was, or NULLs) with d (its change), as a select list.
std::string merged(const Block& block);

/// A condition on o and d: merging is not enough. An extreme may have gone, or a sum have lost too many of its digits.
std::string lost(const Block& block);

/// SELECT of the groups as the block shows them, from a SELECT of their partial results.
std::string group_rows(const Block& block, const std::string& partials);

}  // namespace matview::engine::ivm
