#include "cli/help_reasons.hpp"

namespace matview::cli {

// Each code of the engine stands here; a test compares.
const std::string_view k_reasons_topic = R"(REASONS

Why a refresh was, or would be, done as it is, and why a technique is not taken:
the "code" that 'matview explain' tells for each part of a query, and that every
job keeps ('matview history NAME -o wide', "native"."code" in JSON). Codes are
stable, the words beside them are not.

What the refresh found:
  NO_DATA               the sources are as they were: nothing to do
  NEVER_FILLED          the first refresh computes everything
  DEFINITION_CHANGED    the stored rows are those of another definition, time
                        zone or program
  USER_SPECIFIED_FULL   asked for: --full, --force or --refresh-mode full
  COST_FULL_CHEAPER     it could be incremental, and computing everything is
                        expected to be quicker

What the query has that needs everything computed again:
  VOLATILE_FUNCTION     a function that answers differently every time, as
                        random() or uuid()
  TIME_FUNCTION         now() or its like elsewhere than in a condition
  SAMPLE                TABLESAMPLE
  LIMIT_WITHOUT_ORDER   LIMIT may keep any rows; give it an ORDER BY
  ORDER_DEPENDENT       list(), first() and the like in a correlated subquery:
                        give them an ORDER BY of all their arguments
  RECURSION             WITH RECURSIVE whose step aggregates its own rows, joins
                        them with each other, or leaves out rows of what changed
  WINDOW_WITHOUT_PARTITION
                        a window without PARTITION BY: any row may change all
  NO_COMMON_PARTITION   windows whose PARTITION BY have no column in common
  NO_EQUALITY_KEY       an outer, semi or anti join, or a correlated subquery,
                        without an equality between its sides
  AGGREGATE_NOT_MERGEABLE
                        median() and the like: groups with changes are computed
                        anew
  GLOBAL_AGGREGATE      such an aggregate over all rows, without GROUP BY
  NOT_LINEAR            a row changes what becomes of others, as in the inner
                        side of an outer join: keys with changes are computed
                        anew
  TYPE_EQUALITY         a key of a type whose values do not compare as they are
                        stored
  SYNTAX_NOT_SUPPORTED  no incremental way is known; the words name what

What the data did, this time:
  SCALAR_VALUE_CHANGED  the value of a scalar subquery changed, and all rows
                        depend on it
  NULL_SENSITIVE        NOT IN met a NULL, which decides about all rows
  RESERVE_EXHAUSTED     of the first rows that ORDER BY ... LIMIT keeps, more
                        went than were in reserve
  CHANGE_FAILED         DuckDB failed to compute the change; the words tell how

What is not there any more:
  SOURCE_HISTORY_MISSING
                        the old rows of a source: a file that is joined was
                        not kept (--keep-sources off), or it was kept as a link
                        and then changed in place otherwise than by writing
                        rows behind its own. From then on it is copied, or the
                        columns that are read of it, up to keep_sources_limit.
                        Larger ones are best replaced by renaming a new file
                        over the old
  STATE_MISSING         what an incremental refresh keeps beside the rows
  STATE_MISMATCH        it is there, but not of this version or this plan

A refresh for one of the reasons of the last two groups is full once; the next
is incremental again. '--refresh-mode incremental' refuses, at create, a query
that could only be computed in full; 'strict' also fails a refresh rather than
compute everything, but for the first and the ones that are asked for.
)";

}  // namespace matview::cli
