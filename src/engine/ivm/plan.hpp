#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/changes.hpp"
#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::engine::ivm {

/// What a block reads: a reference of the definition, another block, or the time.
struct Relation {
  enum class Kind {
    reference,
    block,
    clock,    ///< the time of the refresh: the token begins the names of functions, now() and the like
    working,  ///< the rows that a recursion goes on from, while it is compiled; then it is its own input
  } kind = Kind::reference;
  std::int64_t index = 0;  ///< 0 for the clock
};

/// An equality that the rows of two inputs must fulfil to be joined.
struct Equality {
  std::int64_t input = 0;  ///< the other input, by its place among the block's inputs
  std::string own;         ///< column of the input that changes
  std::string other;       ///< column of the other one
};

/// How a change of one input becomes a change of the block, all other inputs standing still.
struct Propagation {
  enum class Way {
    linear,  ///< the block over the change alone is the change of the block
    /// The input decides, as one value, which rows a condition lets through or what is made of a row: those rows differ
    /// for which something else comes out than before.
    switched,
    keyed,  ///< only what belongs to the keys in the change differs: the block is computed for those, before and after
    full,   ///< neither: the view must be recomputed
  } way = Way::full;
  /// Linear: the SELECT with one more column `__matview_w`, over an input that has this column too. Empty where the
  /// text leaves no place for it; then added and removed rows go through the block one after the other.
  std::string weighted_sql = {};
  /// Linear: what other inputs must have in common with the change. Most of a large one can be left out early.
  std::vector<Equality> equalities = {};
  /// Switched: the rows that differ, with their weights, over the input's new rows (its token) and its old ones
  /// (old_token).
  std::string switched_sql = {};
  /// Keyed: SELECT DISTINCT … AS __matview_k0, … over the changed rows of the input.
  std::string keys_sql = {};
  /// Keyed: the block for those keys only, k_keys_token being the table of keys. In `plain_sql` NULL keys match
  /// nothing.
  std::string restricted_sql = {};
  std::string plain_sql = {};
  /// Keyed: an input of which nothing but rows with the keys is read. These are looked for once, with "=" or with NULLs
  /// as keys. What the changed input had before are these rows without the change.
  struct Near {
    std::string token;
    std::string plain_sql;
    std::string sql;
  };
  std::vector<Near> near = {};
  /// Keyed, for the side of an outer join of which a row comes out as NULLs where it matches nothing, if what matches
  /// is told by the keys alone. Then the rows that match make a linear change, and besides only rows differ that began
  /// or ceased to match anything. Empty texts where it is not so.
  struct Matches {
    std::string keys_sql;   ///< keys of the changed rows, and in `__matview_n` by how many more rows have them
    std::string count_sql;  ///< how many rows have each of the keys, in `__matview_m`: k_keys_token is their table
    std::string inner_sql;  ///< the block over the change, as `weighted_sql`, the outer join being an inner one
  } matches = {};
  bool null_keys = false;       ///< rows with a NULL key are concerned like all others
  bool null_sensitive = false;  ///< full after all if the changed rows have a NULL in the first key
  /// The table of these rows of an input; null if it has none.
  const Near* near_of(const std::string& token) const;
  /// Why not linear, and for `full` why not keyed: the coded reason and words.
  std::string code = {};
  std::string reason = {};
};

struct Input {
  Relation relation;
  std::string token;  ///< stands for the relation in the block's texts
  /// Columns of the relation that the texts may read, told by their names alone; all of them where that cannot be told.
  std::vector<std::string> columns;
  Propagation change;
};

/// One aggregate of a merged group: what is kept of it, and how it is put together.
struct Aggregate {
  enum class Merge {
    count,
    sum,
    average,
    minimum,
    maximum,
    all_true,
    any_true,
    count_true,
    float_sum,  ///< of FLOAT or DOUBLE: with a bound of its error, beyond which a group is added up anew
    float_average,
    moment,  ///< variance and its like, see moments.hpp
  } merge = Merge::count;
  std::string name;      ///< output column
  std::string type;      ///< of the output
  std::string argument;  ///< column of the input; empty for count(*)
  std::string argument_type;
  std::string filter;                ///< boolean column of the input; empty if every row counts
  std::string second_argument = {};  ///< as `argument`
  std::string function = {};         ///< moment: its name in DuckDB
};

/// A part of a definition: a function from its inputs to rows. Columns have unique names.
struct Block {
  enum class Kind {
    query,   ///< `sql` over the inputs, keeps nothing
    groups,  ///< GROUP BY `keys` with `aggregates` over its one input, keeps a row for each group
    top,     ///< the first `limit` rows after `offset` by `order` of its one input, keeps more than it shows
    /// The rows of the last input and all that `sql` makes of them, step by step; keeps them. It is an input of its
    /// own.
    recursion,
  } kind = Kind::query;
  std::string label;      ///< for people: "join", "aggregate", "window", …
  std::string technique;  ///< the technique that maintains it where that is not told by its inputs
  std::vector<Column> columns;
  std::string sql;
  std::vector<Input> inputs;
  std::vector<std::string> keys;  ///< columns of the input; none: one group that is always there
  std::vector<Aggregate> aggregates;
  std::vector<std::string> order;  ///< "column DESC NULLS LAST"
  std::int64_t limit = 0;
  std::int64_t offset = 0;
  bool keeps_copies = false;  ///< recursion: UNION ALL
  /// The definition leaves open which of several rows is taken and the text here does not: all rows of the view are
  /// computed by the plan.
  bool settles = false;
  /// Query: computed again, rows may come out otherwise than they did. So those that were shown are kept, and what goes
  /// is taken from there: from the rows of the view, if this is its last block, or else from a state.
  bool keeps_rows = false;
  /// Rows or groups say from which file they are, by k_source_column, and so go with it, though the file itself cannot
  /// be asked any more. Such rows are kept, unless groups above them are that are kept for each file.
  bool traced = false;
  std::vector<std::int64_t> key_columns;  ///< those of its columns that its changes go by; none: any change touches all
};

/// How a view's change is computed from the changes of what it reads. Blocks come after what they read; the last one
/// is the view.
struct Plan {
  std::vector<Block> blocks;
  /// Without blocks: why the view can only be recomputed, as coded reason and in words.
  std::string code;
  std::string reason;

  bool is_incremental() const { return !blocks.empty(); }
  bool is_outdated() const { return blocks.empty() && code == "STATE_MISMATCH"; }
  bool settles() const;
  /// Whether the block keeps rows that the view does not show.
  bool has_state(std::size_t block) const;
  /// Whether the rows of the view are what its last block keeps.
  bool reads_view() const { return is_incremental() && blocks.back().keeps_rows; }
};

/// Stands for the old rows of an input where its token stands for the new ones.
inline std::string old_token(const std::string& token) { return "__matview_old_" + token; }

/// Stands for the new rows of an input where its token stands for its change.
inline std::string new_token(const std::string& token) { return "__matview_new_" + token; }

inline constexpr std::string_view k_keys_token = "__matview_keys_";

/// A function of as many values as the keys have columns: false only if there is no such key. Its name has that of the
/// table of keys.
inline constexpr std::string_view k_near_token = "__matview_keys_near";
inline constexpr std::string_view k_weight = "__matview_w";

/// Whether some reference is traced where one block reads it and not where another does. Such a plan cannot be run.
bool is_partly_traced(const Plan& plan);

/// What the change of the view is computed from.
SourceReads source_reads(const Plan& plan);

std::string to_json(const Plan& plan);
/// The plan of an empty text is that of a view that was created to be recomputed. A text that cannot be read, as one of
/// another version, is an outdated plan without blocks.
Plan plan_from_json(std::string_view text);

}  // namespace matview::engine::ivm
