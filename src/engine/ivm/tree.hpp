#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "matview/result.hpp"

namespace matview::engine::ivm {

using Json = nlohmann::json;

/// The error of a definition, or a part of one, that no technique maintains: `unsupported` with the coded reason in
/// `detail` and the words in `message`.
Error refusal(std::string_view code, std::string message);

/// DuckDB's parser, printer and binder, asked about pieces of a definition. Names and types are never resolved here:
/// every question is put to the binder over tables without rows that `declare` made.
class Tree {
 public:
  explicit Tree(Database& database) : database_(database) {}

  /// The query node of one SELECT, with what `print` could not write as it stands in another form.
  Result<Json> parse(std::string_view sql);
  /// The tree of one expression. For texts of our own: one that does not parse is an `internal` error.
  Result<Json> expression(std::string_view text);
  /// SQL of a query node. Refused (SYNTAX_NOT_SUPPORTED) where it does not parse back to the same tree.
  Result<std::string> print(const Json& node);
  /// SQL of one expression.
  Result<std::string> print_expression(const Json& expression);

  /// Makes a table without rows, so that `name` can be bound.
  Result<void> declare(std::string_view name, const std::vector<Column>& columns);

  /// Runs a statement that makes something to be bound.
  Result<void> execute(std::string_view sql) { return database_.execute(sql); }

  /// Names and types of a query as a derived table shows them: each name once.
  Result<std::vector<Column>> describe_sql(std::string_view sql);
  Result<std::vector<Column>> describe(const Json& node);

  /// Whether an expression can be bound over a FROM tree and nothing else.
  bool binds(const Json& expression, const Json& from);

  bool is_aggregate(const Json& expression);
  /// Whether the tree holds such an expression, not looking into subqueries.
  bool has_aggregate(const Json& tree);
  static bool has_window(const Json& tree);
  static bool has_subquery(const Json& tree);

 private:
  Result<void> make_printable(Json& node);
  Result<std::string> deserialized(const Json& node);
  Result<void> load_aggregates();

  Database& database_;
  std::set<std::string> aggregates_;
  std::set<std::string> aggregate_macros_;
  std::map<std::string, bool> bound_;  ///< what `binds` was told, by its question
};

/// SELECT list FROM from, with nothing else.
Json select_node(std::vector<Json> list, Json from);
Json table_ref(std::string_view name, std::string_view alias);
Json star();
Json column_ref(std::vector<std::string> names);
/// left SEMI JOIN right ON condition, or another kind of join.
Json join(std::string_view kind, Json left, Json right, Json condition);
Json conjunction(std::vector<Json> conditions);
Json empty_from();

/// The parts of a condition that all must hold.
std::vector<Json> conjuncts(const Json& condition);

std::string text_of(const Json& node, const char* key);
bool is_expression(const Json& node, std::string_view expression_class);
/// Whether the type is of numbers whose sums do not depend on the order in which they are added.
bool is_exact_number(std::string_view type);
/// The value of a constant that is a whole number, and no decimal, text or NULL.
std::optional<std::int64_t> whole_number(const Json& expression);
/// Whether an expression is made of constants alone, as an interval or a list of numbers is.
bool is_fixed(const Json& expression);
/// Whether two trees are the same but for positions, aliases and the case of names.
bool same(const Json& left, const Json& right);

/// Calls visit(node) for every object of a tree, parents first; where it returns false the node's inside is left out.
template <typename Node, typename Visit>
void walk(Node& node, Visit&& visit) {
  if (node.is_object() && !visit(node)) return;
  if (node.is_structured())
    for (auto& child : node) walk(child, visit);
}

/// `sql` with `replacement` for each word `token`. Tokens end in an underscore, so that none begins another.
std::string replace_token(std::string sql, std::string_view token, std::string_view replacement);
std::int64_t count_of(std::string_view sql, std::string_view token);

}  // namespace matview::engine::ivm
