#include "engine/refresh/difference.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace matview::engine {

namespace {

constexpr double k_relative_tolerance = 1e-9;

// Temporary tables of this comparison. The database belongs to one operation, so fixed names cannot clash with a view's
// own names: those are qualified by nothing but looked up first, and these begin with a name no create accepts.
constexpr std::string_view k_left = "__matview_only_left";
constexpr std::string_view k_right = "__matview_only_right";

bool is_float(const StoredColumn& column) { return column.type == "FLOAT" || column.type == "DOUBLE"; }

Result<void> materialize(Database& database, std::string_view table, std::string_view sql, Control& control,
                         const std::string& view) {
  MATVIEW_TRY(database.run(fmt::format("CREATE OR REPLACE TEMP TABLE {} AS {}", table, sql), control, view));
  return {};
}

Result<std::int64_t> count(Database& database, std::string_view table) {
  MATVIEW_ASSIGN(const auto rows, database.rows(fmt::format("SELECT count(*) FROM {}", table)));
  return std::strtoll(rows.front().front().value_or("0").c_str(), nullptr, 10);
}

/// How often each row is on the left more than on the right, where that is not 0. Each side is computed once: sums of
/// floating-point numbers may come out otherwise the next time.
std::string unequal_rows(std::string_view left, std::string_view right) {
  return fmt::format(
      "SELECT * EXCLUDE (__matview_weight), CAST(sum(__matview_weight) AS BIGINT) AS __matview_sum FROM "
      "(SELECT *, 1 AS __matview_weight FROM ({}) UNION ALL SELECT *, -1 FROM ({})) GROUP BY ALL "
      "HAVING sum(__matview_weight) <> 0",
      left, right);
}

Result<void> materialize_leftovers(Database& database, std::string_view left, std::string_view right, Control& control,
                                   const std::string& view) {
  constexpr std::string_view k_unequal = "__matview_unequal";
  MATVIEW_TRY(materialize(database, k_unequal, unequal_rows(left, right), control, view));
  const auto more = [&](std::string_view sign) {
    return fmt::format(
        "SELECT * EXCLUDE (__matview_sum, __matview_copy) FROM (SELECT *, unnest(range({0}__matview_sum)) AS "
        "__matview_copy FROM {1})",
        sign, k_unequal);
  };
  MATVIEW_TRY(materialize(database, k_left, more(""), control, view));
  return materialize(database, k_right, more("-"), control, view);
}

/// Two numbers that differ by rounding only; NaN is close to NaN, infinities to themselves.
std::string close_condition(const std::string& column) {
  return fmt::format(
      "(l.{0} IS NOT DISTINCT FROM r.{0} OR abs(l.{0} - r.{0}) <= {1} * greatest(abs(l.{0}), abs(r.{0})))", column,
      k_relative_tolerance);
}

/// Takes pairs of leftover rows that differ by rounding only out of both tables. Rows are paired by rank within equal
/// values of the exact columns, ordered by the floating-point ones.
Result<void> remove_close_pairs(Database& database, const std::vector<StoredColumn>& columns, Control& control,
                                const std::string& view) {
  std::string exact;
  std::string order;
  std::string condition = "l.__matview_rank = r.__matview_rank";
  for (const auto& column : columns) {
    const auto name = quote_identifier(column.name);
    if (is_float(column)) {
      order += (order.empty() ? "" : ", ") + name;
      condition += " AND " + close_condition(name);
    } else {
      exact += (exact.empty() ? "" : ", ") + name;
      condition += fmt::format(" AND l.{0} IS NOT DISTINCT FROM r.{0}", name);
    }
  }
  const auto ranked = [&](std::string_view table) {
    return fmt::format("SELECT *, row_number() OVER ({} ORDER BY {}) AS __matview_rank FROM {}",
                       exact.empty() ? "" : "PARTITION BY " + exact, order, table);
  };
  const auto keep = [&](std::string_view table, std::string_view kept, std::string_view other) {
    const auto side = kept == "l" ? k_left : k_right;
    const auto opposite = kept == "l" ? k_right : k_left;
    return materialize(database, table,
                       fmt::format("SELECT {0}.* EXCLUDE (__matview_rank) FROM ({1}) {0} ANTI JOIN ({2}) {3} ON {4}",
                                   kept, ranked(side), ranked(opposite), other, condition),
                       control, view);
  };
  MATVIEW_TRY(keep("__matview_left_kept", "l", "r"));
  MATVIEW_TRY(keep("__matview_right_kept", "r", "l"));
  MATVIEW_TRY(materialize(database, k_left, "FROM __matview_left_kept", control, view));
  return materialize(database, k_right, "FROM __matview_right_kept", control, view);
}

Result<Difference> leftovers(Database& database, std::int64_t samples) {
  Difference difference;
  MATVIEW_ASSIGN(difference.only_left, count(database, k_left));
  MATVIEW_ASSIGN(difference.only_right, count(database, k_right));
  if (samples > 0) {
    MATVIEW_ASSIGN(difference.left_sample,
                   database.rows(fmt::format("FROM {} ORDER BY ALL LIMIT {}", k_left, samples)));
    MATVIEW_ASSIGN(difference.right_sample,
                   database.rows(fmt::format("FROM {} ORDER BY ALL LIMIT {}", k_right, samples)));
  }
  return difference;
}

}  // namespace

Result<Difference> exact_difference(Database& database, std::string_view left, std::string_view right, Control& control,
                                    const std::string& view) {
  const auto sql = fmt::format(
      "SELECT coalesce(sum(__matview_sum) FILTER (__matview_sum > 0), 0), "
      "coalesce(-sum(__matview_sum) FILTER (__matview_sum < 0), 0) FROM ({})",
      unequal_rows(left, right));
  MATVIEW_ASSIGN(const auto rows, database.run(sql, control, view));
  Difference difference;
  difference.only_left = std::strtoll(rows.at(0).at(0).value_or("0").c_str(), nullptr, 10);
  difference.only_right = std::strtoll(rows.at(0).at(1).value_or("0").c_str(), nullptr, 10);
  return difference;
}

Result<Difference> tolerant_difference(Database& database, std::string_view left, std::string_view right,
                                       const std::vector<StoredColumn>& columns, std::int64_t samples, Control& control,
                                       const std::string& view) {
  MATVIEW_TRY(materialize_leftovers(database, left, right, control, view));
  if (std::any_of(columns.begin(), columns.end(), is_float))
    MATVIEW_TRY(remove_close_pairs(database, columns, control, view));
  return leftovers(database, samples);
}

}  // namespace matview::engine
