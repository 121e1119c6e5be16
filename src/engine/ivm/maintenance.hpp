#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/ivm/plan.hpp"
#include "engine/sources/changes.hpp"
#include "engine/store/records.hpp"
#include "matview/control.hpp"

namespace matview::engine::ivm {

/// How the state of one block goes on, in tables of the maintenance's database.
struct StateChange {
  std::vector<Column> columns;
  bool replaces = false;  ///< `come` is all there is
  std::string positions;  ///< a table with __matview_file and __matview_pos of the rows that go; empty if none
  std::string come;       ///< a SELECT of the rows that come
};

/// Computes the change of a view from the changes of what it reads, block by block. Makes temporary tables in its
/// database and changes nothing else. Errors with code `unsupported` and a coded reason in `detail` say that the view
/// must be recomputed; others are those of DuckDB.
class Maintenance {
 public:
  Maintenance(Database& database, const Plan& plan, const SourceChanges& changes,
              const std::map<std::int64_t, StateRelation>& state, Control& control, std::string view)
      : database_(database),
        plan_(plan),
        references_(changes.references),
        attached_(!changes.setup.empty()),
        clock_moved_(changes.clock_moved),
        state_(state),
        control_(control),
        view_(std::move(view)),
        blocks_(plan.blocks.size()) {}

  /// Finds the change. Afterwards `change_table` has it.
  Result<void> run();

  /// The view's change: its columns and `__matview_w`, how often a row comes (or goes, if negative); each row once.
  static constexpr std::string_view k_change_table = "__matview_change";
  std::int64_t changed_rows() const { return changed_rows_; }
  /// A table with rows of the view and their places (__matview_file, __matview_pos), where all that go are among them;
  /// empty if they must be looked for in all rows.
  const std::string& located_rows() const { return located_rows_; }

  /// By number of the block.
  const std::map<std::int64_t, StateChange>& state_changes() const { return state_changes_; }
  const std::set<std::string>& techniques() const { return techniques_; }

  /// The state that a block keeps, computed from scratch: over the rows of the new sources and of the blocks before it,
  /// whose state `state` already holds. Nothing for a block that keeps none.
  std::optional<StateChange> initial_state(std::int64_t block) const;

  /// All rows of the view as of the new sources, from the state that `state` holds.
  std::string view_rows() const { return new_rows({Relation::Kind::block, last()}); }

 private:
  /// What has been found of a block's change.
  struct Progress {
    bool changed = false;
    /// The parts of `change`; the rows of each come (1), go (-1), or do both (0).
    struct Term {
      std::string sql;
      int sign = 0;
    };
    std::vector<Term> terms = {};
    std::string change;         ///< SELECT of the columns and the weight, 1 or -1; rows may cancel out
    bool consolidated = false;  ///< they do not: `change` reads a table
    std::string new_state;      ///< of a block with state: its rows after the change
  };

  std::int64_t last() const { return static_cast<std::int64_t>(plan_.blocks.size()) - 1; }
  const Block& block(std::int64_t index) const { return plan_.blocks[static_cast<std::size_t>(index)]; }
  Progress& progress(std::int64_t index) { return blocks_[static_cast<std::size_t>(index)]; }
  const Progress& progress(std::int64_t index) const { return blocks_[static_cast<std::size_t>(index)]; }

  const std::vector<Column>& columns_of(const Relation& relation) const;
  bool changed(const Relation& relation) const;
  std::string old_rows(const Relation& relation) const;
  std::string new_rows(const Relation& relation) const;
  std::string computed_rows(const Block& block, bool is_new) const;
  std::string stand_in(const Relation& relation, bool is_new) const;
  Result<std::string> weighted_change(const Relation& relation, const Block& reader);
  std::int64_t readers_of(std::int64_t block) const;
  std::vector<Column> columns_read(std::int64_t reference) const;
  Result<std::string> signed_rows(const Relation& relation, const Block& reader, bool added);
  std::string with_inputs(const std::string& sql, const Block& block, std::size_t changed_input,
                          const std::string& replacement) const;
  std::string joined_with(std::string sql, const Block& block, std::size_t changed_input,
                          const std::string& change) const;

  Result<void> refuse_collations();
  Result<void> query_change(std::int64_t index);
  std::string part_of_change(const Relation& relation, const std::string& change, int sign) const;
  const std::vector<Progress::Term>* unconsolidated_terms(const Relation& relation) const;
  Result<void> consolidate(std::int64_t index);
  Result<void> finish();

  // keyed_rows.cpp
  enum class NullKeys { none, compared };  ///< whether NULLs are keys that rows can have
  struct KeyedRows {
    std::string keys;  ///< a table
    NullKeys null_keys = NullKeys::compared;
    std::string near_function;  ///< false only for what is none of the keys; empty if there is none
    std::string after;
    std::string before;
  };
  Result<std::optional<KeyedRows>> keyed_rows(const Block& block, std::size_t input);
  Result<void> keyed_terms(const Block& block, std::size_t input, std::vector<Progress::Term>& terms);
  using NearTables = std::map<std::string, std::string>;  ///< by token of an input: the table of its rows near the keys
  enum class Sides { all, others };                       ///< of a block: with or without the one that changes
  Result<NearTables> near_tables(const Block& block, std::size_t input, const std::string& keys, NullKeys null_keys,
                                 Sides sides);
  static std::string over_near(std::string sql, const NearTables& near);
  Result<bool> null_decides(const Block& block, std::size_t input);
  std::vector<Column> columns_near(const Relation& relation) const;
  std::string rows_before(const Relation& relation, const std::string& change, const std::string& near) const;
  Result<std::string> make_near(const Propagation& change, const std::string& keys, NullKeys null_keys);
  Result<std::string> beside_gaps(const std::string& subject, const std::string& table, const std::string& column,
                                  const std::string& type);
  // kept_rows.cpp
  Result<void> kept_rows_change(std::int64_t index);
  Result<void> go_on_from(std::int64_t index, const std::string& before);
  // traced_rows.cpp
  Result<void> traced_change(std::int64_t index);
  std::string files_gone(std::int64_t index) const;
  // matches.cpp
  Result<void> matched_terms(const Block& block, std::size_t input, std::vector<Progress::Term>& terms);
  // merge_groups.cpp
  struct MergedGroups {
    std::int64_t touched = 0;  ///< how many groups are in the change
    std::string table;         ///< of the groups in the change as they are after it
    std::string before;        ///< relation of those that were there, with their places
    bool null_keys = false;    ///< NULLs are keys that are looked for
    bool again = false;        ///< some cannot be merged: they are to be aggregated anew
    bool were_there = false;   ///< some were there
  };
  Result<void> groups_change(std::int64_t index);
  std::string groups_delta(std::int64_t index) const;
  Result<MergedGroups> merge_groups(std::int64_t index, const std::string& files);
  // top_rows.cpp
  Result<void> top_change(std::int64_t index);
  std::string top_state(const Block& block, const std::string& rows) const;
  // recursive_rows.cpp
  class Recursion;

  /// The rows of a state relation with where they are, in the types of its columns.
  std::string located_state(std::int64_t index, const std::vector<Column>& columns) const;
  /// How many rows its files have, those included that are gone.
  std::int64_t stored_rows(std::int64_t index) const;
  Result<std::int64_t> make_table(const std::string& name, const std::string& sql);
  std::string table_name(const char* what, std::int64_t index) const;

  Database& database_;
  const Plan& plan_;
  const std::vector<ReferenceChange>& references_;
  bool attached_ = false;  ///< some references are tables of databases
  bool clock_moved_ = false;
  const std::map<std::int64_t, StateRelation>& state_;
  Control& control_;
  std::string view_;
  std::vector<Progress> blocks_;
  std::map<std::int64_t, std::string> source_changes_;  ///< by reference: the table that has its change
  std::set<std::int64_t> unchanged_;                    ///< references whose change cancelled out
  std::map<std::int64_t, StateChange> state_changes_;
  std::set<std::string> techniques_;
  std::int64_t changed_rows_ = 0;
  std::string located_rows_;
  std::int64_t tables_ = 0;
};

/// Columns of the state of a block of first rows, and the rows it shows of them.
std::vector<Column> top_state_columns(const Block& block);
std::string top_rows(const Block& block, const std::string& state);

/// "a, b" of quoted names.
std::string name_list(const std::vector<Column>& columns);
/// That a row of one alias equals one of another, NULLs being equal.
std::string same_rows(const std::vector<Column>& columns, std::string_view left, std::string_view right);
/// A SELECT of rows with a weight.
std::string weighted(const std::string& rows, int weight);
/// Of rows with weights as many as the weight says, each with the weight 1 or -1; what cancels out is not there.
std::string consolidated(const std::string& rows);
/// A SELECT of `sql` with other names for its columns, by position.
std::string named(const std::string& sql, const std::vector<Column>& columns, bool weighted = false);

}  // namespace matview::engine::ivm
