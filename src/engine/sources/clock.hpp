#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/syntax.hpp"
#include "engine/store/records.hpp"
#include "matview/time.hpp"

namespace matview::engine {

// The clock is a source like any other: its state is the time that now(), current_date and the like tell for a whole
// run, it is on record with the version that was computed from it, and it moves from one refresh to the next.

inline constexpr std::string_view k_clock_kind = "clock";
inline constexpr std::string_view k_clock_name = "now()";  ///< no file, table or view is called so

/// Whether a call of this name, lower case, tells the time of the statement.
bool is_clock_function(std::string_view name);

/// The function that a word without parentheses stands for where no column has its name; empty for any other word.
std::string_view clock_of_word(std::string_view word);

/// Of `unstable` (see policy.hpp) those that can be made to tell another time; all of them, or none.
bool only_clocks(const Syntax& syntax, const std::vector<std::string>& unstable);

PinnedSource clock_source();
SourceState clock_state(Time time);

/// What the clock of a vector of states tells; empty if there is none.
std::optional<Time> clock_time(const SourceVector& states);

/// Statements that make functions called `prefix` and then a clock's name tell `time`, in the time zone of the
/// database. Without a prefix they hide DuckDB's own.
std::vector<std::string> clock_macros(Time time, std::string_view prefix);

/// The same for one function, that tells what `original` and then its name does.
std::string clock_alias(std::string_view name, std::string_view prefix, std::string_view original);

}  // namespace matview::engine
