#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/ivm/compile.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine::ivm {

/// A common table expression, compiled when it is first read.
struct CommonTable;
using Scope = std::map<std::string, std::shared_ptr<CommonTable>>;
struct CommonTable {
  Json query;
  std::vector<std::string> names;  ///< "WITH t(a, b)"
  Scope scope;
  std::optional<std::int64_t> block;
  std::optional<std::size_t> working;  ///< the rows of a recursion within its own step
};

/// A query under construction: its tree, in which tokens stand for what it reads.
struct Piece {
  Json node;
  std::vector<Input> inputs;
  bool settles = false;  ///< see Block::settles
  bool traced = false;   ///< the rows of its one input have k_source_column
};

/// Expressions that are computed by an inner query, each once, and named by the outer one.
class Hoist {
 public:
  explicit Hoist(std::string prefix) : prefix_(std::move(prefix)) {}
  /// A column that stands for the expression.
  Json add(const Json& expression);
  /// A column that is there already, if the expression is.
  std::optional<Json> find(const Json& expression) const;
  const std::vector<Json>& expressions() const { return expressions_; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::string prefix_;
  std::vector<Json> expressions_;
  std::vector<std::string> names_;
};

struct Equalities;

/// Compiles a definition from the inside out. Every method that returns a number returns that of a block.
class Compiler {
 public:
  Compiler(Database& database, const Syntax& syntax, const std::vector<Leaf>& leaves)
      : tree_(database), syntax_(syntax), leaves_(leaves) {}

  Result<Plan> compile(std::string_view sql);

 private:
  // compile.cpp
  Result<std::int64_t> query(const Json& node, Scope scope);
  Result<std::int64_t> select(Json node, const Scope& scope);
  Result<std::int64_t> ungrouped(Piece piece, const Scope& scope);
  Result<std::int64_t> common_table(CommonTable& table);
  Result<void> open_scope(Json& node, Scope& scope);
  Result<void> substitute_aliases(Json& node);
  Result<Json> bindable(const Json& node, const Scope& scope);
  bool stands_alone(const Json& node, const Scope& scope);
  Result<void> show_as_stored(std::int64_t shown);
  bool passes_each_row_on(std::size_t index) const;

  // stars.cpp
  std::optional<std::vector<Json>> columns_of_star(const Json& star, const Json& from);
  void expand_stars(Json& node);
  Result<void> write_out_stars(Json& node);
  bool reads_whole_rows(const Piece& piece, const Input& input) const;

  // inputs.cpp
  Result<void> take_subqueries_out_of_joins(Json& node);
  Result<void> name_columns(Json& natural);
  Result<void> adopt_from(Json& from, Piece& piece, const Scope& scope);
  Result<void> adopt_table(Json& table, Piece& piece, const Scope& scope);
  // pivot.cpp
  Result<void> write_out_pivot(Json& table, const Scope& scope);
  // lateral.cpp
  Result<void> adopt_lateral(Json& table, Piece& piece, const Scope& scope);
  Result<void> adopt_correlated(Json& node, Piece& piece, const Scope& scope);
  Result<void> settle_limit(Json& node, Piece& piece);
  Result<Propagation> through_lateral(const Piece& piece, const Input& input);

  Result<void> adopt_subquery(Json& table, Piece& piece, const Scope& scope);
  Result<void> adopt_expressions(Json& tree, Piece& piece, const Scope& scope);
  Result<void> adopt_expression_subquery(Json& expression, Piece& piece, const Scope& scope);
  Result<Json> input(Piece& piece, Relation relation, std::string_view alias);
  std::vector<std::string> columns_read(const Json& node, const Input& input) const;
  std::optional<std::size_t> reference_at(const Json& table) const;
  const std::vector<Column>& columns_of(const Relation& relation) const;

  // propagation.cpp
  Result<Propagation> propagation(const Piece& piece, const Input& input);
  Result<Propagation> linear(const Piece& piece, const Input& input, const Json& table);
  std::vector<Equality> equalities(const Piece& piece, const Input& input);
  std::optional<std::size_t> member_of(const Piece& piece, const Json& condition);
  Equalities equalities_of(const Json& join, const std::string& side);
  Result<Propagation> through_join(const Piece& piece, const Input& input, const std::vector<std::string>& path);
  Result<Propagation> through_subquery(const Piece& piece, const Input& input);
  Result<Propagation> through_subquery_keys(const Piece& piece, const Input& input);
  Result<std::string> through_values(const Piece& piece, const Input& input);
  /// Keys are columns of the one table that the query reads.
  Result<Propagation> by_columns(const Json& node, const std::vector<Json>& columns);
  Result<void> add_near(Propagation& keyed, const Json& table, const std::vector<Json>& keys);
  Result<Json> near_rows(const Propagation& keyed, const Json& table, const std::vector<Json>& keys, const char* type);
  Result<void> add_matches(Propagation& keyed, const Piece& piece, const Input& input,
                           const std::vector<std::string>& path, std::size_t level, const Equalities& equalities);
  Result<Propagation> keyed(const Json& keys, const Json& restricted, const Json& plain);

  // switched.cpp
  struct Switch;
  Result<std::string> switched_sql(const Json& node, const std::string& place, const Switch& by);

  // clock.cpp
  /// Whether an expression asks for the time and for nothing else.
  static bool is_time_alone(const Json& expression);
  Result<void> adopt_clocks(Piece& piece);
  Result<void> take_out_of_joins(Piece& piece);
  Result<Json> between_times(const Json& condition, const std::string& token);
  Result<Propagation> through_clock(const Piece& piece, const Input& input);

  // aggregate.cpp
  struct Grouping;
  Result<std::int64_t> grouped(Piece piece, const Scope& scope, const std::vector<Column>& columns);
  Result<std::int64_t> grouped_by(const Piece& piece, const Scope& scope, const std::vector<Json>& groups,
                                  const std::set<std::size_t>& used);
  Result<std::vector<Json>> group_expressions(const Json& node);
  Result<Json> over_groups(const Json& expression, Grouping& grouping);
  Result<std::int64_t> distinct(std::int64_t rows, std::string technique);
  std::optional<Aggregate> mergeable(const Json& call, const std::vector<Column>& columns);

  // merged_aggregates.cpp
  /// Groups whose aggregates are merged from a change; nothing where one of them, `unmergeable`, cannot be.
  Result<std::optional<std::int64_t>> merged_groups(std::int64_t rows, const std::vector<std::string>& keys,
                                                    const Hoist& calls, std::string& unmergeable);
  Result<std::int64_t> group_rows(std::int64_t rows, const std::vector<std::string>& keys,
                                  std::vector<Aggregate> aggregates);
  Result<std::int64_t> distinct_values(std::int64_t rows, const std::vector<std::string>& keys,
                                       const std::string& argument, const std::string& filter);
  Result<std::int64_t> joined_groups(const std::vector<std::int64_t>& parts, const std::vector<std::string>& keys,
                                     const std::vector<std::string>& names);

  // traced.cpp
  Result<std::optional<std::int64_t>> traced_rows(const Piece& piece, const std::string& label,
                                                  std::vector<std::string> names);
  Result<std::int64_t> without_source(std::int64_t rows);
  Result<std::optional<std::int64_t>> groups_of_files(std::int64_t rows, const std::vector<std::string>& keys,
                                                      const std::vector<Aggregate>& aggregates);

  // repeatable.cpp
  using TypeOf = std::function<std::string(const Json&)>;  ///< of an argument; empty if that cannot be told
  static bool is_repeatable(const Json& call, const TypeOf& type_of);
  static std::string unrepeatable_window(const Json& tree, const std::vector<Column>& columns);
  Result<void> make_repeatable(Json& node, Piece& piece);

  // window.cpp
  Result<std::int64_t> windowed(Piece piece, const Scope& scope);
  Json over_rows(const Json& expression, Hoist& rows, bool keeps_time = false);
  static std::vector<std::int64_t> columns_for(const std::vector<Json>& expressions, std::vector<Json>& list);
  Result<std::int64_t> first_columns(std::int64_t block, std::size_t count);

  // set_operation.cpp
  Result<std::int64_t> set_operation(Json node, const Scope& scope);
  Result<std::int64_t> counted_rows(std::int64_t both, bool except, bool all, const std::vector<std::string>& names);
  Result<std::int64_t> union_all(const std::vector<std::int64_t>& parts, bool by_name, bool counted);

  // recursion.cpp
  Result<std::int64_t> recursion(const CommonTable& table);

  // top.cpp
  struct Limit;
  Result<std::optional<Limit>> take_limit(Json& node);
  // distinct_on.cpp
  Result<std::optional<Limit>> take_distinct_on(Json& node);
  Result<std::int64_t> distinct_on(std::int64_t rows, const Limit& first, bool keeps_order);
  Result<void> add_order(Json& node, Limit& limit, bool only_shown);
  Result<std::int64_t> top(std::int64_t rows, const Limit& limit);

  /// A block of the kind `query` from a whole piece: prints it, finds its columns and how its inputs' changes go on.
  Result<std::int64_t> finish(Piece piece, std::string label, const std::vector<std::string>& names = {});
  /// The same, but where its rows can be traced to their files they say so in one more column, the last.
  Result<std::int64_t> finish_traced(Piece piece, std::string label, const std::vector<std::string>& names);
  Result<std::int64_t> add(Block block);
  /// SELECT `list` FROM the block, as a piece.
  Result<Piece> over(std::int64_t block, std::vector<Json> list);
  Result<std::int64_t> renamed(std::int64_t block, const std::vector<std::string>& names);

  Tree tree_;
  const Syntax& syntax_;
  const std::vector<Leaf>& leaves_;
  Plan plan_;
  std::vector<std::vector<Column>> working_;  ///< of recursions, while their steps are compiled
  std::int64_t tokens_ = 0;
};

std::string block_token(std::int64_t block);
std::string leaf_token(std::size_t leaf);
std::string working_token(std::size_t number);

}  // namespace matview::engine::ivm
