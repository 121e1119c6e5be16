#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "oracle.hpp"
#include "random.hpp"

namespace matview::property {

/// A column that an expression can name.
struct Field {
  std::string ref;   ///< as an expression writes it
  std::string name;  ///< without quotes
  std::string type;
  /// False for a floating-point result whose last digits depend on the order of additions: it may be shown, but nothing
  /// may depend on it. The names of such columns begin with "x_".
  bool exact = true;
};
using Fields = std::vector<Field>;

/// Something that can stand in a FROM.
struct Relation {
  std::string text;
  std::string alias;
  Fields fields;
};

/// Makes definitions of views at random, valid ones whose result depends on the data alone: no ties are broken by
/// chance. What DuckDB says of a part decides what can be built upon it.
class QueryGenerator {
 public:
  QueryGenerator(Random& random, Oracle& oracle) : random_(random), oracle_(oracle) {}

  /// Relations by name that definitions may read: files, tables, views.
  void add(std::vector<std::string> references) { bases_.push_back(std::move(references)); }

  /// Whether definitions ask for the time.
  void ask_for_time(bool asks) { asks_for_time_ = asks; }
  bool asks_for_time() const { return asks_for_time_; }

  struct Definition {
    std::string sql;
    std::set<std::string> tags;  ///< the constructs it is made of
  };
  std::optional<Definition> definition();

 private:
  // query_shapes.cpp
  std::string query(int depth);
  std::string with_ctes(int depth);
  std::string projection(int depth);
  std::string star(int depth);
  std::string aggregate(int depth);
  std::string distinct(int depth);
  std::string distinct_on(int depth);
  std::string pivot(int depth);
  std::string set_operation(int depth);
  std::string window(int depth);
  std::string top_k(int depth);
  std::string unnest(int depth);
  std::string recursion(int depth);
  std::string reachable(int depth);
  std::string grouping(const std::vector<std::string>& keys);

  // query_relations.cpp
  Relation base();
  Relation relation(int depth);
  Relation from(int depth);
  Relation join(Relation left, int depth);
  Relation natural_join(const Relation& left);
  Relation lateral(Relation left);
  Relation nested_join(Relation left);
  std::string join_condition(const Relation& left, const Relation& right);
  Fields fields_of(const std::string& sql, const std::string& alias);

  // query_expressions.cpp
  std::string where(const Fields& fields, int depth);
  std::string predicate(const Fields& fields, int depth);
  std::string simple_predicate(const Field& field);
  /// `text` OR something else.
  std::string either(const std::string& text, const Fields& fields);
  std::string time_predicate(const Field& field);
  std::string subquery_predicate(const Fields& fields, int depth);
  std::string scalar_subquery(const Fields& fields, bool numeric);
  Field scalar(const Fields& fields);
  Field aggregate_call(const Fields& fields);
  std::string interval(const Field& field);
  Field plain_aggregate(const Fields& fields);
  std::string window_call(const Fields& fields, const std::string& all);
  std::string literal(const std::string& type);
  const Field& any(const Fields& fields) { return random_.pick(fields); }
  std::optional<std::pair<Field, Field>> comparable(const Fields& left, const Fields& right);

  /// " AS name", a new one.
  std::string as(bool exact = true);
  std::string new_alias() { return "a" + std::to_string(++aliases_); }
  void tag(const char* name) { tags_.insert(name); }

  Random& random_;
  Oracle& oracle_;
  std::vector<std::vector<std::string>> bases_;
  std::vector<std::string> ctes_;  ///< names in scope
  std::string prefix_;             ///< "WITH …", for asking DuckDB about parts
  std::set<std::string> tags_;
  bool asks_for_time_ = false;
  int aliases_ = 0;
  int names_ = 0;
  int relations_ = 0;
};

bool is_integer(const std::string& type);
bool is_number(const std::string& type);
Fields exact_ones(const Fields& fields);
Fields numbers(const Fields& fields);
std::string join_text(const std::vector<std::string>& parts, const std::string& separator = ", ");

}  // namespace matview::property
