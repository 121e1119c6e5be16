#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

// Pieces of FROM trees, and how changes go through them.

inline constexpr const char* k_equal = "COMPARE_EQUAL";
inline constexpr const char* k_same = "COMPARE_NOT_DISTINCT_FROM";

/// Whether the tree has the table of this name anywhere.
bool reads(const Json& tree, const std::string& token);

/// Where the token stands in a FROM tree: the sides taken from the root, each "left" or "right".
bool find_path(const Json& from, const std::string& token, std::vector<std::string>& path);

Json& at_path(Json& from, const std::vector<std::string>& path, std::size_t length);

/// Adds a column of the table of this alias to the select list, which its stars leave out.
void show_too(Json& node, const std::string& alias, std::string_view column);

/// Whether each row of that side makes its own rows of the join, whatever other rows the side has.
bool is_linear(const Json& join, const std::string& side);

Json comparison(const char* type, Json left, Json right);

/// The rows of `from` whose expressions are among the keys: those of the table of keys, or of `keys`.
Json restricted_to_keys(Json from, const std::vector<Json>& expressions, const char* comparison_type,
                        const Json& keys = nullptr);

/// SELECT DISTINCT of the expressions, as keys.
Json keys_query(const std::vector<Json>& expressions, Json from);

/// Pairs of expressions that a condition demands to be equal, one of each side.
struct Equalities {
  std::vector<Json> own;
  std::vector<Json> other;
  bool null_keys = false;

  void add(const Json& condition, const auto& is_own, const auto& is_other) {
    const auto type = text_of(condition, "type");
    if (!is_expression(condition, "COMPARISON") || (type != k_equal && type != k_same)) return;
    for (const auto& [mine, theirs] : {std::pair("left", "right"), std::pair("right", "left")}) {
      if (!is_own(condition.at(mine)) || !is_other(condition.at(theirs))) continue;
      own.push_back(condition.at(mine));
      other.push_back(condition.at(theirs));
      null_keys = null_keys || type == k_same;
      return;
    }
  }
};

/// A query for keys in place of the table of keys.
Json keys_table(Json query);

/// The answer that an input's change does not go through.
Propagation refused(std::string code, std::string reason);

}  // namespace matview::engine::ivm
