#include <fmt/format.h>

#include "engine/ivm/maintenance.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine::ivm {

/// What goes is what was shown for the keys of the change, what comes is computed.
Result<void> Maintenance::kept_rows_change(std::int64_t index) {
  const auto& own = block(index);
  if (!state_.contains(index)) return fail(refusal("STATE_MISSING", "the view has no state to go on from"));
  MATVIEW_ASSIGN(const auto keyed, keyed_rows(own, 0));
  if (!keyed) return {};
  techniques_.insert(own.technique);

  // As where inputs are read: "=" and hashes let DuckDB skip what has no such key.
  const auto* equals = keyed->null_keys == NullKeys::none ? "=" : "IS NOT DISTINCT FROM";
  std::string has_key = "true";
  std::string subjects;
  for (std::size_t i = 0; i < own.key_columns.size(); ++i) {
    const auto column = "s." + quote_identifier(own.columns.at(static_cast<std::size_t>(own.key_columns[i])).name);
    has_key += fmt::format(" AND {} {} k.__matview_k{}", column, equals, i);
    subjects += (i ? ", " : "") + column;
  }
  const bool asks_near = !keyed->near_function.empty() && !own.key_columns.empty();
  const auto names = name_list(own.columns);
  const auto before = table_name("before", index);
  MATVIEW_TRY(make_table(
      before,
      fmt::format("SELECT s.* FROM ({}) AS s SEMI JOIN {} AS k ON {}{}", located_state(index, own.columns), keyed->keys,
                  has_key, asks_near ? fmt::format(" WHERE {}({})", keyed->near_function, subjects) : "")));
  auto& found = progress(index);
  found.changed = true;
  found.change = fmt::format("{} UNION ALL {}", weighted(keyed->after, 1),
                             weighted(fmt::format("SELECT {} FROM {}", names, before), -1));
  if (!plan_.has_state(static_cast<std::size_t>(index))) {  // these are rows of the view, and nobody else reads them
    located_rows_ = before;
    return {};
  }

  return go_on_from(index, before);
}

/// The state that a block's change leaves; what goes is among the rows of a table, which have their places.
Result<void> Maintenance::go_on_from(std::int64_t index, const std::string& before) {
  const auto& own = block(index);
  auto& found = progress(index);
  MATVIEW_TRY(consolidate(index));
  if (!found.changed) return {};
  const auto names = name_list(own.columns);
  StateChange change;
  change.columns = own.columns;
  change.positions = table_name("gone", index);
  change.come = fmt::format("SELECT {} FROM ({}) WHERE {} > 0", names, found.change, k_weight);
  MATVIEW_TRY(make_table(
      change.positions,
      fmt::format("SELECT __matview_file, __matview_pos FROM (SELECT b.__matview_file, b.__matview_pos, g.__matview_n,"
                  " row_number() OVER (PARTITION BY g.__matview_row) AS __matview_copy FROM {} AS b JOIN"
                  " (SELECT *, row_number() OVER () AS __matview_row FROM (SELECT {}, count(*) AS __matview_n FROM ({})"
                  " WHERE {} < 0 GROUP BY ALL)) AS g ON {}) WHERE __matview_copy <= __matview_n",
                  before, names, found.change, k_weight, same_rows(own.columns, "b", "g"))));
  found.new_state =
      fmt::format("SELECT {0} FROM ({1}) AS s ANTI JOIN {2} AS g USING (__matview_file, __matview_pos) UNION ALL {3}",
                  names, located_state(index, own.columns), change.positions, change.come);
  state_changes_[index] = std::move(change);
  return {};
}

}  // namespace matview::engine::ivm
