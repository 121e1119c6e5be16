#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/maintenance.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine::ivm {

/// The paths of files whose rows go from a traced block, as a list in brackets; empty if there are none.
std::string Maintenance::files_gone(std::int64_t index) const {
  if (!block(index).traced) return {};
  const auto& input = block(index).inputs.front().relation;
  if (input.kind == Relation::Kind::block) return files_gone(input.index);
  std::vector<std::string> paths;
  for (const auto& path : references_.at(static_cast<std::size_t>(input.index)).gone)
    paths.push_back(quote_literal(path));
  return paths.empty() ? std::string() : fmt::format("({})", fmt::join(paths, ", "));
}

/// What comes is computed from the files that came; what goes is what was kept of those that went, if this block is the
/// one that keeps it.
Result<void> Maintenance::traced_change(std::int64_t index) {
  const auto& own = block(index);
  const auto& input = own.inputs.front();
  const auto& added = references_.at(static_cast<std::size_t>(input.relation.index)).added;
  const auto gone = files_gone(index);
  const auto names = name_list(own.columns);
  auto& found = progress(index);
  found.changed = true;
  if (added.empty()) {
    found.change = fmt::format("SELECT {}, 1 AS {} WHERE false", null_list(own.columns), k_weight);
  } else {
    found.change = named(with_inputs(input.change.weighted_sql, own, 0, weighted(added, 1)), own.columns, true);
    techniques_.insert("linear");
  }
  found.terms = {{found.change, 1}};
  if (!own.keeps_rows) return {};

  if (!state_.contains(index)) return fail(refusal("STATE_MISSING", "the view has no state to go on from"));
  const auto before = table_name("before", index);
  MATVIEW_TRY(make_table(before, fmt::format("SELECT * FROM ({}) WHERE {}", located_state(index, own.columns),
                                             gone.empty() ? "false" : fmt::format("{} IN {}", k_source_column, gone))));
  found.terms.clear();
  found.change += " UNION ALL " + weighted(fmt::format("SELECT {} FROM {}", names, before), -1);
  if (!gone.empty()) techniques_.insert(own.technique);
  return go_on_from(index, before);
}

}  // namespace matview::engine::ivm
