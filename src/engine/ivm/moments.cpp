#include "engine/ivm/moments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/partials.hpp"

namespace matview::engine::ivm {

namespace {

struct Moment {
  std::string_view function;
  std::size_t arguments;
  bool sample;  ///< divides by one less than there are
  bool root;
  bool correlation = false;
};

constexpr std::array<Moment, 9> k_moments{{
    {"var_samp", 1, true, false},
    {"variance", 1, true, false},
    {"var_pop", 1, false, false},
    {"stddev_samp", 1, true, true},
    {"stddev", 1, true, true},
    {"stddev_pop", 1, false, true},
    {"covar_samp", 2, true, false},
    {"covar_pop", 2, false, false},
    {"corr", 2, false, false, true},
}};

const Moment& moment_of(const Aggregate& aggregate) {
  return *std::find_if(k_moments.begin(), k_moments.end(),
                       [&](const Moment& moment) { return moment.function == aggregate.function; });
}

/// A sum that is kept: of x, of the other argument y, or of a product of the two.
struct Sum {
  std::string name;
  std::string left;
  std::string right = {};  ///< empty: no product
};

std::vector<Sum> sums_of(const Aggregate& aggregate) {
  if (moment_of(aggregate).arguments == 1) return {{"x", "x"}, {"xx", "x", "x"}};
  return {{"x", "x"}, {"y", "y"}, {"xx", "x", "x"}, {"yy", "y", "y"}, {"xy", "x", "y"}};
}

std::string count_name(std::size_t i) { return fmt::format("__matview_q{}", i); }
std::string sum_name(std::size_t i, std::string_view sum) { return fmt::format("__matview_s{}_{}", i, sum); }
std::string error_name(std::size_t i, std::string_view sum) { return fmt::format("__matview_e{}_{}", i, sum); }

/// FILTER clause for rows that count, of one sign of weight or of both.
std::string counted(const Aggregate& aggregate, std::string_view sign = {}) {
  std::vector<std::string> conditions{quote_identifier(aggregate.argument) + " IS NOT NULL"};
  if (!aggregate.second_argument.empty())
    conditions.push_back(quote_identifier(aggregate.second_argument) + " IS NOT NULL");
  if (!aggregate.filter.empty()) conditions.push_back(quote_identifier(aggregate.filter));
  if (!sign.empty()) conditions.push_back(fmt::format("{} {} 0", k_weight, sign));
  return fmt::format(" FILTER (WHERE {})", fmt::join(conditions, " AND "));
}

std::string summed(const Aggregate& aggregate, const Sum& sum, std::string_view sign = {}) {
  const auto value = [&](const std::string& side) {
    return fmt::format("CAST({} AS DOUBLE)",
                       quote_identifier(side == "x" ? aggregate.argument : aggregate.second_argument));
  };
  return fmt::format("coalesce(fsum({}{}){}, 0)", value(sum.left), sum.right.empty() ? "" : " * " + value(sum.right),
                     counted(aggregate, sign));
}

/// At most so far off is a sum of the rows that count, by Cauchy and Schwarz.
std::string rounding_of(const Aggregate& aggregate, const Sum& sum) {
  const auto squares = [&](const std::string& side) { return summed(aggregate, {side + side, side, side}); };
  if (sum.left == sum.right) return fmt::format("{} * {}", k_rounding, squares(sum.left));
  return fmt::format("{} * sqrt({} * {})", k_rounding, squares(sum.left),
                     sum.right.empty() ? "count(*)" + counted(aggregate) : squares(sum.right));
}

/// Sums and their errors by name, as SQL.
using Named = std::function<std::string(std::string_view)>;

/// The sum of the products of what two arguments differ from their means.
std::string about_means(const std::string& n, const Named& sum, const std::string& x, const std::string& y) {
  return fmt::format("({} - {} * {} / {})", sum(x + y), sum(x), sum(y), n);
}

std::string error_about_means(const std::string& n, const Named& sum, const Named& error, const std::string& x,
                              const std::string& y) {
  return fmt::format("({} + (abs({}) * {} + abs({}) * {}) / {})", error(x + y), sum(x), error(y), sum(y), error(x), n);
}

std::string result_of(const Moment& moment, const std::string& n, const Named& sum) {
  const auto squares = [&](const std::string& x) { return about_means(n, sum, x, x); };
  if (moment.correlation)
    return fmt::format(
        "CASE WHEN {0} = 0 THEN NULL WHEN {0} = 1 OR {1} <= 0 OR {2} <= 0 THEN CAST('nan' AS DOUBLE)"
        " ELSE {3} / sqrt({1} * {2}) END",
        n, squares("x"), squares("y"), about_means(n, sum, "x", "y"));
  const auto divisor = moment.sample ? fmt::format("({} - 1)", n) : n;
  auto value = moment.arguments == 1 ? fmt::format("greatest({}, 0) / {}", squares("x"), divisor)
                                     : fmt::format("{} / {}", about_means(n, sum, "x", "y"), divisor);
  if (moment.root) value = "sqrt(" + value + ")";
  return fmt::format("CASE WHEN {0} = 0 THEN NULL WHEN {0} = 1 THEN {1} ELSE {2} END", n,
                     moment.sample ? "NULL" : "CAST(0 AS DOUBLE)", value);
}

std::string total(const std::string& column) { return fmt::format("(coalesce(o.{0}, 0) + d.{0})", column); }

}  // namespace

bool is_moment(std::string_view function, std::size_t arguments) {
  return std::any_of(k_moments.begin(), k_moments.end(), [&](const Moment& moment) {
    return moment.function == function && moment.arguments == arguments;
  });
}

std::vector<Column> moment_columns(const Aggregate& aggregate, std::size_t i) {
  std::vector<Column> columns{{count_name(i), "BIGINT"}};
  for (const auto& sum : sums_of(aggregate)) {
    columns.push_back({sum_name(i, sum.name), "DOUBLE"});
    columns.push_back({error_name(i, sum.name), "DOUBLE"});
  }
  columns.push_back({moment_result(i), "DOUBLE"});
  return columns;
}

std::string moments_of_rows(const Aggregate& aggregate, std::size_t i) {
  auto list = fmt::format("count(*){} AS {}", counted(aggregate), count_name(i));
  for (const auto& sum : sums_of(aggregate))
    list += fmt::format(", {} AS {}, {} AS {}", summed(aggregate, sum), sum_name(i, sum.name),
                        rounding_of(aggregate, sum), error_name(i, sum.name));
  const auto second =
      aggregate.second_argument.empty() ? std::string() : ", " + quote_identifier(aggregate.second_argument);
  return list + fmt::format(", {}({}{}){} AS {}", aggregate.function, quote_identifier(aggregate.argument), second,
                            counted(aggregate), moment_result(i));
}

std::string moments_of_change(const Aggregate& aggregate, std::size_t i) {
  auto list =
      fmt::format("count(*){} - count(*){} AS {}", counted(aggregate, ">"), counted(aggregate, "<"), count_name(i));
  for (const auto& sum : sums_of(aggregate))
    list += fmt::format(", {} - {} AS {}, {} AS {}", summed(aggregate, sum, ">"), summed(aggregate, sum, "<"),
                        sum_name(i, sum.name), rounding_of(aggregate, sum), error_name(i, sum.name));
  return list;
}

std::string merged_moments(const Aggregate& aggregate, std::size_t i) {
  const auto n = total(count_name(i));
  auto list = fmt::format("{} AS {}", n, count_name(i));
  for (const auto& sum : sums_of(aggregate)) {
    // Without any number there is no error either.
    const auto value = total(sum_name(i, sum.name));
    list += fmt::format(
        ", CASE WHEN {0} = 0 THEN 0 ELSE {1} END AS {2}, CASE WHEN {0} = 0 THEN 0 ELSE {3} + {4} *"
        " abs({1}) END AS {5}",
        n, value, sum_name(i, sum.name), total(error_name(i, sum.name)), k_rounding, error_name(i, sum.name));
  }
  const auto sum = [&](std::string_view name) { return total(sum_name(i, name)); };
  return list + fmt::format(", {} AS {}", result_of(moment_of(aggregate), n, sum), moment_result(i));
}

std::string moments_lost(const Aggregate& aggregate, std::size_t i) {
  const auto n = total(count_name(i));
  const auto sum = [&](std::string_view name) { return total(sum_name(i, name)); };
  const auto error = [&](std::string_view name) { return total(error_name(i, name)); };
  std::vector<std::string> conditions;
  const auto demand = [&](const std::string& x, const std::string& y) {
    const auto value = about_means(n, sum, x, y);
    const auto off = error_about_means(n, sum, error, x, y);
    conditions.push_back(
        fmt::format("NOT isfinite({0}) OR NOT isfinite({1}) OR {1} > {2} * abs({0})", value, off, k_tolerance));
  };
  const auto& moment = moment_of(aggregate);
  if (moment.arguments == 1 || moment.correlation) demand("x", "x");
  if (moment.correlation) demand("y", "y");
  if (moment.arguments == 2) demand("x", "y");
  return fmt::format("({} > 1 AND ({}))", n, fmt::join(conditions, " OR "));
}

std::string moment_result(std::size_t i) { return fmt::format("__matview_r{}", i); }

}  // namespace matview::engine::ivm
