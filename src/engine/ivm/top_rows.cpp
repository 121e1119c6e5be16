#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/ivm/maintenance.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine::ivm {

namespace {

// Whether the rows kept are all there are: else what is behind the last of them is not known.
constexpr std::string_view k_complete = "__matview_complete";

std::int64_t shown(const Block& block) { return block.limit + block.offset; }

// Kept beyond what is shown, so that rows that go need not mean to look at all again.
std::int64_t kept(const Block& block) { return shown(block) + std::max<std::int64_t>(shown(block), 100); }

/// A total order: rows that it does not tell apart are equal.
std::string total_order(const Block& block) {
  return fmt::format("{}, {}", fmt::join(block.order, ", "), name_list(block.columns));
}

std::string first_rows(const Block& block, const std::string& rows) {
  return fmt::format("SELECT {} FROM ({}) ORDER BY {} LIMIT {} OFFSET {}", name_list(block.columns), rows,
                     total_order(block), block.limit, block.offset);
}

}  // namespace

std::vector<Column> top_state_columns(const Block& block) {
  auto columns = block.columns;
  columns.push_back({std::string(k_complete), "BOOLEAN"});
  return columns;
}

std::string top_rows(const Block& block, const std::string& state) { return first_rows(block, state); }

std::string Maintenance::top_state(const Block& own, const std::string& rows) const {
  return fmt::format(
      "SELECT *, (count(*) OVER ()) <= {0} AS {1} FROM (SELECT {2} FROM ({3}) ORDER BY {4} LIMIT {0} + 1)"
      " QUALIFY row_number() OVER (ORDER BY {4}) <= {0}",
      kept(own), k_complete, name_list(own.columns), rows, total_order(own));
}

Result<void> Maintenance::top_change(std::int64_t index) {
  const auto& own = block(index);
  const auto& input = own.inputs.front().relation;
  if (!state_.contains(index)) return fail(refusal("STATE_MISSING", "the view has no state to go on from"));
  MATVIEW_TRY(consolidate(input.index));
  if (!changed(input)) return {};
  techniques_.insert(own.technique);

  const auto names = name_list(own.columns);
  const auto before = table_name("o", index);
  const auto after = table_name("n", index);
  MATVIEW_ASSIGN(const auto old_count, make_table(before, fmt::format("SELECT {}, {} FROM ({})", names, k_complete,
                                                                      located_state(index, top_state_columns(own)))));
  MATVIEW_ASSIGN(const auto state,
                 database_.rows(fmt::format("SELECT coalesce(bool_and({}), true) FROM {}", k_complete, before)));
  const bool complete = old_count == 0 || state.at(0).at(0) == "true";
  const auto& change = progress(input.index).change;
  // Rows behind the last one kept are not taken: others that are not known may come before them.
  const auto known = fmt::format(
      "SELECT {0} FROM (SELECT {0}, __matview_old, row_number() OVER (ORDER BY {1}, __matview_old) AS __matview_rank"
      " FROM (SELECT {0}, true AS __matview_old FROM {2} UNION ALL SELECT {0}, false FROM ({3}) WHERE {4} > 0))"
      " QUALIFY {5} __matview_rank <= max(__matview_rank) FILTER (__matview_old) OVER ()",
      names, total_order(own), before, change, k_weight, complete ? "true OR" : "");
  MATVIEW_ASSIGN(const auto count,
                 make_table(after, fmt::format("SELECT *, {} AS {} FROM (({}) EXCEPT ALL SELECT {} FROM ({}) WHERE {}"
                                               " < 0)",
                                               complete, k_complete, known, names, change, k_weight)));
  auto rows = fmt::format("FROM {}", after);
  if (!complete && count < shown(own)) {
    techniques_.insert("top_k_refill");
    MATVIEW_TRY(make_table(after, top_state(own, new_rows(input))));
  } else if (count > 2 * kept(own)) {
    rows = fmt::format("SELECT {}, false AS {} FROM {} ORDER BY {} LIMIT {}", names, k_complete, after,
                       total_order(own), kept(own));
  }
  StateChange made;
  made.columns = top_state_columns(own);
  made.replaces = true;
  made.come = rows;
  state_changes_[index] = std::move(made);
  const auto old_shown = first_rows(own, "FROM " + before);
  const auto new_shown = first_rows(own, "FROM " + after);
  auto& found = progress(index);
  found.changed = true;
  found.change = fmt::format("SELECT *, 1 AS {0} FROM ({1}) UNION ALL SELECT *, -1 AS {0} FROM ({2})", k_weight,
                             new_shown, old_shown);
  found.new_state = new_shown;
  return {};
}

}  // namespace matview::engine::ivm
