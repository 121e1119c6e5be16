#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace matview::engine {

/// A coded reason: why a refresh is not incremental, or why one technique is not taken. Scripts branch on the code.
struct CodedReason {
  std::string_view code;
  std::string_view meaning;
};

/// All there are. `help reasons` and matview(1) tell of each.
inline constexpr std::array<CodedReason, 26> k_coded_reasons{{
    {"NO_DATA", "the sources are as they were: there is nothing to do"},
    {"NEVER_FILLED", "the first refresh computes everything"},
    {"DEFINITION_CHANGED", "the stored rows are those of another definition, time zone or program"},
    {"USER_SPECIFIED_FULL", "asked for with --full, --force or --refresh-mode full"},
    {"VOLATILE_FUNCTION", "a function answers differently every time, as random()"},
    {"TIME_FUNCTION", "a function of the clock, as now()"},
    {"SAMPLE", "TABLESAMPLE picks other rows every time"},
    {"LIMIT_WITHOUT_ORDER", "LIMIT without ORDER BY may keep any rows"},
    {"ORDER_DEPENDENT", "what a function gives depends on the order of rows, where it is computed for each row"},
    {"RECURSION", "a recursion whose step takes its rows together, or leaves out rows of what changed"},
    {"WINDOW_WITHOUT_PARTITION", "a window without PARTITION BY: any row may change all"},
    {"NO_COMMON_PARTITION", "windows whose PARTITION BY have no column in common"},
    {"NO_EQUALITY_KEY", "an outer, semi or anti join, or a correlated subquery, without an equality"},
    {"SCALAR_VALUE_CHANGED", "the value of a scalar subquery changed, on which all rows depend"},
    {"NULL_SENSITIVE", "NOT IN met a NULL, which decides about all rows"},
    {"NOT_LINEAR", "a row of this side changes what becomes of other rows"},
    {"AGGREGATE_NOT_MERGEABLE", "an aggregate that cannot be brought up to date from a change, as median()"},
    {"GLOBAL_AGGREGATE", "such an aggregate over all rows: there are no groups to compute alone"},
    {"RESERVE_EXHAUSTED", "more of the first rows went than ORDER BY ... LIMIT had in reserve"},
    {"SOURCE_HISTORY_MISSING", "the old rows of a source that changed are gone"},
    {"STATE_MISSING", "what an incremental refresh keeps beside the rows is not there"},
    {"STATE_MISMATCH", "it is there, but not of this version or this plan"},
    {"TYPE_EQUALITY", "values of a type that do not compare as they are stored, as a key"},
    {"SYNTAX_NOT_SUPPORTED", "no incremental way is known for this construct"},
    {"CHANGE_FAILED", "DuckDB failed to compute the change; the words tell how"},
    {"COST_FULL_CHEAPER", "it could be incremental, and computing everything is expected to be quicker"},
}};

bool is_coded_reason(std::string_view code);

/// What makes a result unstable as a coded reason: of the functions of ViewDefinition::unstable_functions, "now()".
std::string_view code_of_unstable(const std::vector<std::string>& functions);

}  // namespace matview::engine
