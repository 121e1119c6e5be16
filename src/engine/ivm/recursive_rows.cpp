#include "engine/ivm/recursive_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine::ivm {

namespace {

/// The rows in the types of the recursion: those of its first rows.
std::string typed(const Block& block, const std::string& rows) {
  std::string list;
  for (const auto& column : block.columns)
    list +=
        fmt::format("{0}CAST({1} AS {2}) AS {1}", list.empty() ? "" : ", ", quote_identifier(column.name), column.type);
  return fmt::format("SELECT {} FROM ({})", list, named(rows, block.columns));
}

std::string filtered(const Block& block, const std::string& rows, const char* join, const std::string& others) {
  return fmt::format("SELECT r.* FROM ({}) AS r {} JOIN ({}) AS o ON {}", rows, join, others,
                     same_rows(block.columns, "r", "o"));
}

std::string recursive_sql(const Block& block, const std::string& token, const std::string& seeds,
                          const std::string& step) {
  return fmt::format("WITH RECURSIVE {}({}) AS ({} UNION {}{}) SELECT * FROM {}", token, name_list(block.columns),
                     seeds, block.keeps_copies ? "ALL " : "", step, token);
}

std::string with_weight(const std::string& rows, int weight) {
  return fmt::format("SELECT *, {} AS {} FROM ({})", weight, k_weight, rows);
}

std::string all_of(const std::vector<std::string>& selects) {
  return fmt::format("{}", fmt::join(selects, " UNION ALL "));
}

std::size_t input_of(const Block& block, std::int64_t index) {
  std::size_t i = 0;
  while (block.inputs[i].relation.kind != Relation::Kind::block || block.inputs[i].relation.index != index) ++i;
  return i;
}

}  // namespace

Maintenance::Recursion::Recursion(Maintenance& owner, std::int64_t index)
    : owner_(owner),
      index_(index),
      own_(owner.block(index)),
      self_(input_of(own_, index)),
      base_(own_.inputs.size() - 1),
      changes_(own_.inputs.size()) {}

std::string Maintenance::Recursion::all_rows(const Maintenance& owner, std::int64_t index) {
  const auto& own = owner.block(index);
  const auto self = input_of(own, index);
  auto step = own.sql;
  for (std::size_t i = 0; i < own.inputs.size(); ++i)
    if (i != self)
      step = replace_token(std::move(step), own.inputs[i].token, owner.stand_in(own.inputs[i].relation, true));
  return recursive_sql(own, own.inputs[self].token, typed(own, owner.new_rows(own.inputs.back().relation)),
                       typed(own, step));
}

Result<void> Maintenance::Recursion::run() {
  if (!owner_.state_.contains(index_)) return fail(refusal("STATE_MISSING", "the view has no state to go on from"));
  MATVIEW_TRY(find_changes());
  if (!any_came_ && !any_went_) return {};
  owner_.techniques_.insert(own_.technique);

  // What there is and stays, and what leads to further rows.
  auto kept = fmt::format("SELECT {} FROM ({})", name_list(own_.columns), owner_.located_state(index_, own_.columns));
  std::string seeds;
  if (any_went_) MATVIEW_TRY(own_.keeps_copies ? remove_copies(kept) : remove_rows(kept, seeds));
  if (any_came_) {
    const auto behind = own_.keeps_copies ? Stage::between : Stage::after;
    const auto more = changed_steps(kept, true, Stage::after, behind);
    seeds += (seeds.empty() ? "" : " UNION ALL ") + more;
  }
  if (!seeds.empty()) {
    MATVIEW_ASSIGN(come_, closure(table("come"), seeds, Stage::after, own_.keeps_copies ? std::string() : kept));
  }
  return publish();
}

Result<void> Maintenance::Recursion::find_changes() {
  for (std::size_t i = 0; i < own_.inputs.size(); ++i)
    if (i != self_ && owner_.changed(own_.inputs[i].relation)) MATVIEW_TRY(find_change(i));
  return {};
}

Result<void> Maintenance::Recursion::find_change(std::size_t i) {
  const auto& input = own_.inputs[i];
  const auto& relation = input.relation;
  if (relation.kind == Relation::Kind::clock) return fail(refusal(input.change.code, input.change.reason));
  MATVIEW_ASSIGN(const auto change, owner_.weighted_change(relation, own_));
  // A change that cancels out is none.
  if (!owner_.changed(relation)) return {};
  if (input.change.way != Propagation::Way::linear) return fail(refusal(input.change.code, input.change.reason));
  MATVIEW_ASSIGN(const auto counts,
                 owner_.database_.rows(fmt::format("SELECT count(*) FILTER ({0} > 0), count(*) FILTER ({0} < 0)"
                                                   " FROM ({1})",
                                                   k_weight, change)));
  const auto rows = [&](const char* sign) {
    return fmt::format("SELECT * EXCLUDE ({0}) FROM ({1}) WHERE {0} {2} 0", k_weight, change, sign);
  };
  auto& found = changes_[i];
  if (counts.at(0).at(0) != "0") found.came = rows(">");
  if (counts.at(0).at(1) != "0") found.went = rows("<");
  any_came_ = any_came_ || !found.came.empty();
  any_went_ = any_went_ || !found.went.empty();
  if (!found.came.empty() && !found.went.empty() && i != base_ && own_.keeps_copies) {
    const auto names = name_list(owner_.columns_near(relation));
    found.between = fmt::format("__matview_between_{}", owner_.tables_++);
    MATVIEW_TRY(owner_.make_table(found.between, fmt::format("SELECT {0} FROM ({1}) EXCEPT ALL SELECT {0} FROM ({2})",
                                                             names, owner_.new_rows(relation), found.came)));
  }
  return {};
}

std::string Maintenance::Recursion::rows(std::size_t i, Stage stage) const {
  const auto& relation = own_.inputs[i].relation;
  const auto& change = changes_[i];
  if (stage == Stage::between) {
    if (!change.between.empty()) return "FROM " + change.between;
    // Nothing came: it is as it will be. Nothing went: it is as it was.
    stage = change.came.empty() ? Stage::after : Stage::before;
  }
  return stage == Stage::after ? owner_.new_rows(relation) : owner_.old_rows(relation);
}

/// What stands for the inputs: those before the changed one as they are at the stage `first`, the others as at
/// `behind`.
std::vector<std::string> Maintenance::Recursion::stand_ins(const std::string& own_rows, std::size_t changed,
                                                           Stage first, Stage behind) const {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < own_.inputs.size(); ++i) {
    if (i == self_)
      inputs.push_back(own_rows);
    else if (own_.inputs[i].relation.kind == Relation::Kind::clock)
      inputs.emplace_back();
    else
      inputs.push_back(rows(i, i < changed ? first : behind));
  }
  return inputs;
}

std::string Maintenance::Recursion::step_over(std::vector<std::string> inputs) const {
  auto sql = own_.sql;
  for (std::size_t i = 0; i < own_.inputs.size(); ++i) {
    const auto& input = own_.inputs[i];
    const bool clock = input.relation.kind == Relation::Kind::clock;
    const bool is_name = i == self_ && inputs[i] == input.token;
    const auto stand_in = clock ? owner_.stand_in(input.relation, true) : is_name ? inputs[i] : "(" + inputs[i] + ")";
    sql = replace_token(std::move(sql), input.token, stand_in);
  }
  return typed(own_, sql);
}

std::string Maintenance::Recursion::step(const std::string& own_rows, Stage stage) const {
  return step_over(stand_ins(own_rows, 0, stage, stage));
}

/// The first rows that change, and what one step makes of the rows there are because of what changes.
std::string Maintenance::Recursion::changed_steps(const std::string& own_rows, bool coming, Stage first,
                                                  Stage behind) const {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < own_.inputs.size(); ++i) {
    const auto& change = coming ? changes_[i].came : changes_[i].went;
    if (change.empty()) continue;
    if (i == base_) {
      parts.push_back(typed(own_, change));
      continue;
    }
    auto inputs = stand_ins(own_rows, i, first, behind);
    inputs[i] = change;
    std::map<std::size_t, std::string> conditions;
    for (const auto& equality : own_.inputs[i].change.equalities) {
      auto& condition = conditions[static_cast<std::size_t>(equality.input)];
      condition += fmt::format("{}m.{} = k.{}", condition.empty() ? "" : " AND ", quote_identifier(equality.other),
                               quote_identifier(equality.own));
    }
    for (const auto& [other, condition] : conditions)
      inputs[other] =
          fmt::format("SELECT m.* FROM ({}) AS m SEMI JOIN ({}) AS k ON {}", inputs[other], change, condition);
    parts.push_back(step_over(std::move(inputs)));
  }
  return all_of(parts);
}

/// All that the seeds lead to, with themselves, in a table; of a recursion without copies only what is not known.
Result<std::int64_t> Maintenance::Recursion::closure(const std::string& name, const std::string& seeds, Stage stage,
                                                     const std::string& known) {
  const auto& token = own_.inputs[self_].token;
  const auto unknown = [&](const std::string& rows) {
    return known.empty() ? rows : filtered(own_, rows, "ANTI", known);
  };
  const auto seed_table = name + "_seeds";
  MATVIEW_ASSIGN(const auto count, owner_.make_table(seed_table, unknown(seeds)));
  if (count == 0) {
    MATVIEW_TRY(owner_.make_table(name, "FROM " + seed_table));
    return 0;
  }
  return owner_.make_table(name,
                           recursive_sql(own_, token, "SELECT * FROM " + seed_table, unknown(step(token, stage))));
}

/// UNION ALL: takes away all that goes, copy by copy.
Result<void> Maintenance::Recursion::remove_copies(std::string& kept) {
  const auto gone = table("gone");
  MATVIEW_ASSIGN(gone_, closure(gone, changed_steps(kept, false, Stage::between, Stage::before), Stage::between, {}));
  if (!any_came_ || gone_ == 0) return {};
  const auto rest = table("rest");
  MATVIEW_TRY(owner_.make_table(rest, fmt::format("{} EXCEPT ALL SELECT * FROM {}", kept, gone)));
  kept = "FROM " + rest;
  return {};
}

/// UNION: takes away all that something that goes led to. The seeds are what of it the rest leads to by one step.
Result<void> Maintenance::Recursion::remove_rows(std::string& kept, std::string& seeds) {
  const auto gone = table("gone");
  MATVIEW_ASSIGN(gone_, closure(gone, changed_steps(kept, false, Stage::before, Stage::before), Stage::before, {}));
  if (gone_ == 0) return {};
  owner_.techniques_.insert("rederive");
  const auto rest = table("rest");
  MATVIEW_TRY(owner_.make_table(rest, filtered(own_, kept, "ANTI", "FROM " + gone)));
  kept = "FROM " + rest;
  seeds = all_of({filtered(own_, typed(own_, rows(base_, Stage::after)), "SEMI", "FROM " + gone),
                  filtered(own_, step(kept, Stage::after), "SEMI", "FROM " + gone)});
  return {};
}

Result<void> Maintenance::Recursion::publish() {
  std::vector<std::string> parts;
  if (come_ > 0) parts.push_back(with_weight("FROM " + table("come"), 1));
  if (gone_ > 0) parts.push_back(with_weight("FROM " + table("gone"), -1));
  if (parts.empty()) return {};
  auto& found = owner_.progress(index_);
  found.changed = true;
  found.change = all_of(parts);
  MATVIEW_TRY(owner_.consolidate(index_));
  if (!found.changed) return {};

  const auto names = name_list(own_.columns);
  StateChange change;
  change.columns = own_.columns;
  change.come = fmt::format("SELECT {} FROM ({}) WHERE {} > 0", names, found.change, k_weight);
  const auto located = owner_.located_state(index_, own_.columns);
  found.new_state = fmt::format("SELECT {} FROM ({})", names, located);
  if (gone_ > 0) {
    const auto places = table("places");
    const auto going = fmt::format(
        "SELECT {0}, count(*) AS __matview_copies, row_number() OVER () AS __matview_row FROM ({1}) WHERE {2} < 0"
        " GROUP BY {0}",
        names, found.change, k_weight);
    MATVIEW_ASSIGN(
        const auto placed,
        owner_.make_table(places, fmt::format("SELECT __matview_file, __matview_pos FROM (SELECT s.__matview_file,"
                                              " s.__matview_pos, g.__matview_copies, row_number() OVER (PARTITION BY"
                                              " g.__matview_row) AS __matview_copy FROM ({}) AS s JOIN ({}) AS g ON {})"
                                              " WHERE __matview_copy <= __matview_copies",
                                              located, going, same_rows(own_.columns, "s", "g"))));
    MATVIEW_ASSIGN(const auto went, owner_.database_.rows(
                                        fmt::format("SELECT count(*) FROM ({}) WHERE {} < 0", found.change, k_weight)));
    if (went.at(0).at(0) != std::to_string(placed))
      return fail(refusal("STATE_MISMATCH", "the state does not fit the change"));
    change.positions = places;
    found.new_state = fmt::format("SELECT {} FROM ({}) AS s ANTI JOIN {} AS g USING (__matview_file, __matview_pos)",
                                  names, located, places);
  }
  found.new_state += " UNION ALL " + change.come;
  owner_.state_changes_[index_] = std::move(change);
  return {};
}

}  // namespace matview::engine::ivm
