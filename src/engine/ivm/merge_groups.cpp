#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/ivm/partials.hpp"
#include "engine/ivm/recursive_rows.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine::ivm {

namespace {

std::string same_keys(const Block& block, std::string_view left, std::string_view right, bool null_keys) {
  std::vector<std::string> conditions;
  for (const auto& key : block.keys)
    conditions.push_back(fmt::format("{}.{} {} {}.{}", left, quote_identifier(key),
                                     null_keys ? "IS NOT DISTINCT FROM" : "=", right, quote_identifier(key)));
  return conditions.empty() ? "true" : fmt::format("{}", fmt::join(conditions, " AND "));
}

/// Columns of what there was, beside those of what there is: put aside under other names, or brought back.
enum class Old { aside, back };
std::string renamed(const std::vector<Column>& columns, Old old) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto name = quote_identifier(columns[i].name);
    list.push_back(old == Old::aside ? fmt::format("o.{} AS __matview_o{}", name, i)
                                     : fmt::format("__matview_o{} AS {}", i, name));
  }
  return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace

/// SELECT of what changes of each group. Groups for which nothing comes out are not in it.
std::string Maintenance::groups_delta(std::int64_t index) const {
  const auto& own = block(index);
  const auto& input = progress(own.inputs.front().relation.index);
  const auto keep_if = any_difference(own);
  const bool apart =
      !keep_if.empty() && !input.consolidated && !input.terms.empty() &&
      std::all_of(input.terms.begin(), input.terms.end(), [](const auto& term) { return term.sign != 0; });
  std::vector<std::string> sums;
  for (std::size_t i = 0; apart && i < input.terms.size(); ++i)
    sums.push_back(signed_partials(own, input.terms[i].sql, input.terms[i].sign));
  const auto changes = apart ? sum_of_partials(own, fmt::format("{}", fmt::join(sums, " UNION ALL ")))
                             : partials_of_change(own, input.change);
  return fmt::format("FROM ({}){}", changes, keep_if.empty() ? "" : " WHERE " + keep_if);
}

/// A table of the groups there are after the change, beside those there were. Where few groups are kept all are looked
/// through, as the change is added up; among many "=" lets DuckDB skip what has no such key.
Result<Maintenance::MergedGroups> Maintenance::merge_groups(std::int64_t index, const std::string& files) {
  constexpr std::int64_t k_few_groups = 20'000;
  const auto& own = block(index);
  const auto columns = group_state_columns(own, columns_of(own.inputs.front().relation));
  MergedGroups found;
  found.table = table_name("m", index);
  const bool is_small = stored_rows(index) < k_few_groups;
  found.null_keys = is_small;
  auto delta = "(" + groups_delta(index) + ")";
  auto state = located_state(index, columns);
  if (!is_small) {
    const auto changes = std::exchange(delta, table_name("d", index));
    MATVIEW_ASSIGN(const auto touched, make_table(delta, "FROM " + changes));
    if (touched == 0 && files.empty()) return found;
    if (!own.keys.empty()) {
      std::vector<std::string> nulls;
      for (const auto& key : own.keys) nulls.push_back(quote_identifier(key) + " IS NULL");
      MATVIEW_ASSIGN(const auto counted,
                     database_.rows(fmt::format("SELECT count(*) FROM {} WHERE {}", delta, fmt::join(nulls, " OR "))));
      found.null_keys = counted.at(0).at(0) != "0";
    }
    std::string near;
    if (!found.null_keys && own.keys.size() == 1) {
      const auto key = quote_identifier(own.keys.front());
      MATVIEW_ASSIGN(near, beside_gaps("o." + key, delta, key, columns.front().type));
    }
    const auto near_groups = table_name("o", index);
    MATVIEW_TRY(make_table(near_groups, fmt::format("SELECT o.* FROM ({}) AS o SEMI JOIN {} AS d ON {} WHERE true{}",
                                                    state, delta, same_keys(own, "o", "d", found.null_keys), near)));
    state = "FROM " + near_groups;
  }
  const auto stays = files.empty() ? "true" : fmt::format("o.{} NOT IN {}", k_source_column, files);
  MATVIEW_ASSIGN(
      found.touched,
      make_table(found.table,
                 fmt::format("SELECT {}{}, ({}) AS __matview_again, {}, o.__matview_file, o.__matview_pos FROM {}"
                             " AS d LEFT JOIN ({}) AS o ON {} AND {}",
                             key_list(own, "d"), merged(own), lost(own), renamed(columns, Old::aside), delta, state,
                             same_keys(own, "o", "d", found.null_keys), stays)));
  found.before = fmt::format("(SELECT {}, __matview_file, __matview_pos FROM {} WHERE __matview_file IS NOT NULL)",
                             renamed(columns, Old::back), found.table);
  MATVIEW_ASSIGN(const auto counts, database_.rows(fmt::format("SELECT count(*) FILTER ({0} < 0), count(*) FILTER"
                                                               " (__matview_again AND {0} > 0), count(__matview_file)"
                                                               " FROM {1}",
                                                               k_group_count, found.table)));
  if (counts.at(0).at(0) != "0") return fail(refusal("STATE_MISMATCH", "the state does not fit the change"));
  found.again = counts.at(0).at(1) != "0";
  found.were_there = counts.at(0).at(2) != "0";
  return found;
}

Result<void> Maintenance::groups_change(std::int64_t index) {
  const auto& own = block(index);
  const auto& input = own.inputs.front().relation;
  const auto columns = group_state_columns(own, columns_of(input));
  if (!state_.contains(index)) return fail(refusal("STATE_MISSING", "the view has no state to go on from"));
  // Where only counts and sums are kept, the delta has no group that comes out as it was.
  const bool may_come_out_alike = any_difference(own).empty();
  if (may_come_out_alike) MATVIEW_TRY(consolidate(input.index));
  // Groups of a file go with it and are not merged with those of another that has its name now.
  const auto files = files_gone(index);
  if (!changed(input) && files.empty()) return {};
  techniques_.insert(own.technique);
  MATVIEW_ASSIGN(const auto groups, merge_groups(index, files));
  if (groups.touched == 0 && files.empty()) return {};
  const std::string alive = own.keys.empty() ? "true" : fmt::format("{} > 0", k_group_count);
  auto come =
      fmt::format("SELECT {} FROM {} WHERE NOT __matview_again AND {}", name_list(columns), groups.table, alive);
  auto gone = groups.before;
  if (may_come_out_alike) {
    if (groups.again || own.keys.empty()) {
      // An extreme of some touched groups left, or a sum is too far off: those are aggregated anew, all others are not
      // looked at.
      const auto again = fmt::format("(FROM {} WHERE __matview_again AND {})", groups.table, alive);
      come += fmt::format(
          " UNION ALL SELECT {} FROM ({}) WHERE EXISTS {}", name_list(columns),
          partials_from_scratch(own, fmt::format("SELECT p.* FROM ({}) AS p SEMI JOIN {} AS k ON {}", new_rows(input),
                                                 again, same_keys(own, "p", "k", groups.null_keys))),
          again);
      if (groups.again) techniques_.insert("touched_groups");
    }
    // A group that came out as it was is left alone.
    const auto new_groups = table_name("n", index);
    gone = table_name("g", index);
    MATVIEW_TRY(make_table(new_groups, come));
    MATVIEW_TRY(make_table(gone, fmt::format("SELECT o.* FROM {} AS o ANTI JOIN {} AS n ON {}", groups.before,
                                             new_groups, same_rows(columns, "o", "n"))));
    come = fmt::format("SELECT n.* FROM {} AS n ANTI JOIN {} AS o ON {}", new_groups, groups.before,
                       same_rows(columns, "o", "n"));
  }
  bool any_gone = groups.were_there;
  if (!files.empty()) {
    const auto others = std::exchange(gone, table_name("left", index));
    MATVIEW_ASSIGN(const auto all_gone,
                   make_table(gone, fmt::format("FROM {} UNION ALL SELECT * FROM ({}) WHERE {} IN {}", others,
                                                located_state(index, columns), k_source_column, files)));
    any_gone = all_gone > 0;
  }
  StateChange change;
  change.columns = columns;
  if (any_gone) change.positions = gone;
  change.come = come;
  state_changes_[index] = std::move(change);
  auto& found = progress(index);
  found.changed = true;
  found.change =
      fmt::format("SELECT *, 1 AS {0} FROM ({1}) UNION ALL SELECT *, -1 AS {0} FROM ({2})", k_weight,
                  group_rows(own, come), group_rows(own, fmt::format("SELECT {} FROM {}", name_list(columns), gone)));
  found.new_state =
      group_rows(own, fmt::format("SELECT {0} FROM ({1}) AS s ANTI JOIN {2} AS g USING (__matview_file, __matview_pos)"
                                  " UNION ALL {3}",
                                  name_list(columns), located_state(index, columns), gone, come));
  return {};
}

std::optional<StateChange> Maintenance::initial_state(std::int64_t index) const {
  const auto& own = block(index);
  if (!plan_.has_state(static_cast<std::size_t>(index))) return std::nullopt;
  const auto& input = own.inputs.front().relation;
  StateChange change;
  change.replaces = true;
  if (own.kind == Block::Kind::groups) {
    change.columns = group_state_columns(own, columns_of(input));
    change.come = partials_from_scratch(own, new_rows(input));
  } else if (own.kind == Block::Kind::query) {
    change.columns = own.columns;
    change.come = computed_rows(own, true);
  } else if (own.kind == Block::Kind::recursion) {
    change.columns = own.columns;
    change.come = Recursion::all_rows(*this, index);
  } else {
    change.columns = top_state_columns(own);
    change.come = top_state(own, new_rows(input));
  }
  return change;
}

}  // namespace matview::engine::ivm
