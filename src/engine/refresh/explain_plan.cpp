#include "engine/refresh/explain_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine {

namespace {

using ivm::Block;
using ivm::Input;
using ivm::Propagation;
using ivm::Relation;

using Way = Propagation::Way;

class Explainer {
 public:
  Explainer(const ivm::Plan& plan, const std::vector<std::string>& references) : plan_(plan), references_(references) {}

  std::vector<Technique> explain() && {
    for (std::size_t i = 0; i < plan_.blocks.size(); ++i) block(i);
    return std::move(techniques_);
  }

 private:
  void block(std::size_t index) {
    const auto& own = plan_.blocks[index];
    auto inputs = own.inputs;
    if (own.kind == Block::Kind::recursion) {
      std::erase_if(inputs, [&](const Input& input) { return is_block(input.relation, index); });
      std::rotate(inputs.begin(), inputs.end() - 1, inputs.end());
    }
    title_ = fmt::format("{}: {}{}", index + 1, own.label, names_of(inputs, " of "));
    switch (own.kind) {
      case Block::Kind::query: return query(own);
      case Block::Kind::groups: return groups(own);
      case Block::Kind::top: break;
      case Block::Kind::recursion: return recursion(own, index);
    }
    add(own.technique, true, true, "", "", top_sql(own));
    add("top_k_refill", true, false, "RESERVE_EXHAUSTED", "when more of the first rows go than are kept in reserve");
  }

  void groups(const Block& own) {
    add(own.technique, true, true, "", own.traced ? "what each file gives to each group, which goes with it" : "",
        groups_sql(own));
    using Merge = ivm::Aggregate::Merge;
    const auto lost = std::find_if(own.aggregates.begin(), own.aggregates.end(), [](const ivm::Aggregate& aggregate) {
      return aggregate.merge == Merge::minimum || aggregate.merge == Merge::maximum;
    });
    if (lost != own.aggregates.end())
      add("touched_groups", true, false, "", "for groups that lose their minimum or maximum");
    const auto rounded = std::find_if(own.aggregates.begin(), own.aggregates.end(), [](const auto& aggregate) {
      return aggregate.merge == Merge::float_sum || aggregate.merge == Merge::float_average ||
             aggregate.merge == Merge::moment;
    });
    if (rounded != own.aggregates.end())
      add("touched_groups", true, false, "",
          fmt::format("for groups whose {} would be off by more than a relative 1e-10",
                      rounded->merge == Merge::moment ? rounded->function : "sum"));
  }

  /// What one step makes of each change, and of the rows that come or go by it.
  void recursion(const Block& own, std::size_t index) {
    std::string sql;
    std::vector<std::pair<const Input*, const Propagation*>> others;
    for (std::size_t i = 0; i < own.inputs.size(); ++i) {
      const auto& input = own.inputs[i];
      if (input.change.way != Way::linear && !is_block(input.relation, index)) {
        others.emplace_back(&input, &input.change);
        continue;
      }
      const auto text = i + 1 == own.inputs.size() ? "FROM " + input.token : own.sql;
      sql += fmt::format("-- change of {}, {}:\n{}\n",
                         is_block(input.relation, index) ? "what was found last" : name_of(input.relation),
                         is_block(input.relation, index) ? "again and again" : "one step",
                         readable(text, own, i, "changed"));
    }
    add(own.technique, true, true, "", "", sql);
    if (!own.keeps_copies) add("rederive", true, false, "", "for rows that something led to that goes");
    const auto title = title_;
    for (const auto& [input, change] : others) {
      title_ = title + "; change of " + name_of(input->relation);
      add(own.technique, false, false, change->code, change->reason);
      add("full", true, true);
    }
  }

  static bool is_block(const Relation& relation, std::size_t index) {
    return relation.kind == Relation::Kind::block && relation.index == static_cast<std::int64_t>(index);
  }

  static std::string top_sql(const Block& own) {
    return fmt::format("-- these are kept, and some more\nFROM {} ORDER BY {} LIMIT {} OFFSET {}\n",
                       symbol("new", own.inputs.front().relation), fmt::join(own.order, ", "), own.limit, own.offset);
  }

  /// What is added to the partial results that are kept of each group.
  static std::string groups_sql(const Block& own) {
    std::vector<std::string> keys;
    for (const auto& key : own.keys) keys.push_back(quote_identifier(key));
    auto list = keys;
    for (const auto& aggregate : own.aggregates)
      list.push_back(fmt::format("partial {} of {}", quote_identifier(aggregate.name),
                                 aggregate.argument.empty() ? "*" : quote_identifier(aggregate.argument)));
    list.push_back(fmt::format("sum({})", ivm::k_weight));
    return fmt::format("-- merged into what is kept of each group\nSELECT {} FROM {}{}{}\n", fmt::join(list, ", "),
                       symbol("changed", own.inputs.front().relation), keys.empty() ? "" : " GROUP BY ",
                       fmt::join(keys, ", "));
  }

  /// Inputs whose changes go on in the same way are told of together.
  void query(const Block& own) {
    std::vector<bool> told(own.inputs.size(), false);
    const auto title = title_;
    for (std::size_t i = 0; i < own.inputs.size(); ++i) {
      if (told[i]) continue;
      const auto& change = own.inputs[i].change;
      std::vector<Input> alike;
      std::string sql;
      for (std::size_t j = i; j < own.inputs.size(); ++j) {
        const auto& other = own.inputs[j].change;
        if (other.way != change.way || other.code != change.code || other.reason != change.reason) continue;
        told[j] = true;
        alike.push_back(own.inputs[j]);
        sql += (sql.empty() ? "" : "\n") + sql_of(own, j);
      }
      if (alike.size() < own.inputs.size()) title_ = title + names_of(alike, "; change of ");
      propagation(own, change, std::move(sql));
    }
    if (own.traced && own.keeps_rows)
      add(own.technique, true, true, "", "for rows of files that are gone, by their paths");
  }

  void propagation(const Block& own, const Propagation& change, std::string sql) {
    const std::string keyed = own.technique.empty() ? "touched_keys" : own.technique;
    if (change.way == Way::linear) return add("linear", true, true, "", "", std::move(sql));
    if (change.way == Way::keyed) {
      if (change.code.empty())
        add("linear", false, false, "NOT_LINEAR", "what becomes of a row depends on the others with its keys");
      else
        add("linear", false, false, change.code, change.reason);
      return add(keyed, true, true, "", "", std::move(sql));
    }
    if (change.way == Way::switched) {
      add("linear", false, false, change.code, change.reason);
      return add(change.code == "TIME_FUNCTION" ? "time_filter" : "scalar", true, true, "", "", std::move(sql));
    }
    add(keyed, false, false, change.code, change.reason);
    add("full", true, true);
  }

  std::string sql_of(const Block& own, std::size_t input) const {
    const auto& change = own.inputs[input].change;
    const auto name = name_of(own.inputs[input].relation);
    if (change.way == Way::full) return {};
    auto text = fmt::format("-- change of {} = {}\n", name, symbol("changed", own.inputs[input].relation));
    if (change.way == Way::linear)
      return text + readable(change.weighted_sql.empty() ? own.sql : change.weighted_sql, own, input, "changed") + "\n";
    if (change.way == Way::switched) {
      const auto before = symbol("old", own.inputs[input].relation);
      const auto switched = ivm::replace_token(change.switched_sql, ivm::old_token(own.inputs[input].token), before);
      return text + "-- rows that the condition lets through, or that look, otherwise than before:\n" +
             readable(switched, own, input, "new") + "\n";
    }
    const auto& [relation, token] = std::tie(own.inputs[input].relation, own.inputs[input].token);
    auto keys = ivm::replace_token(change.keys_sql, ivm::new_token(token), symbol("new", relation));
    keys = ivm::replace_token(std::move(keys), ivm::old_token(token), symbol("old", relation));
    const auto& restricted = change.plain_sql.empty() ? change.restricted_sql : change.plain_sql;
    const auto of_keys = ivm::replace_token(readable(restricted, own, input, "new"), ivm::k_keys_token, "keys");
    if (!change.matches.inner_sql.empty())
      return text + "-- rows that match:\n" + readable(change.matches.inner_sql, own, input, "changed") +
             "\n-- keys, and by how many more rows have them:\n" +
             readable(change.matches.keys_sql, own, input, "changed") +
             "\n-- rows of the other side with keys that no row has any more come as NULLs; those of keys that none had"
             " go:\n" +
             of_keys + "\n";
    text += "-- keys:\n" + readable(std::move(keys), own, input, "changed") + "\n";
    return text + "-- rows with these keys that come; " +
           (own.keeps_rows ? "what was shown for them goes" : "the same of the old rows goes") + ":\n" + of_keys + "\n";
  }

  /// The block's text with names in place of its inputs: those before the one that changes are new already, those
  /// behind it are old still.
  std::string readable(std::string sql, const Block& own, std::size_t changed, std::string_view role) const {
    for (std::size_t i = 0; i < own.inputs.size(); ++i) {
      const auto as = i == changed ? role : std::string_view(i < changed ? "new" : "old");
      sql = ivm::replace_token(std::move(sql), own.inputs[i].token, symbol(as, own.inputs[i].relation));
    }
    return sql;
  }

  static std::string symbol(std::string_view role, const Relation& relation) {
    // The name of a function follows.
    if (relation.kind == Relation::Kind::clock) return fmt::format("{}_", role);
    return fmt::format("{}_{}{}", role, relation.kind == Relation::Kind::block ? "block_" : "", relation.index + 1);
  }

  std::string name_of(const Relation& relation) const {
    const auto index = static_cast<std::size_t>(relation.index);
    if (relation.kind == Relation::Kind::block) return fmt::format("block {}", index + 1);
    if (relation.kind == Relation::Kind::clock) return "the time";
    return index < references_.size() ? references_[index] : fmt::format("reference {}", index + 1);
  }

  std::string names_of(const std::vector<Input>& inputs, std::string_view before) const {
    std::vector<std::string> names;
    for (const auto& input : inputs)
      if (auto name = name_of(input.relation); std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(std::move(name));
    return names.empty() ? std::string() : fmt::format("{}{}", before, fmt::join(names, ", "));
  }

  void add(std::string name, bool applicable, bool chosen, std::string code = {}, std::string reason = {},
           std::string sql = {}) {
    techniques_.push_back(
        {title_, std::move(name), applicable, chosen, std::move(code), std::move(reason), std::move(sql)});
  }

  const ivm::Plan& plan_;
  const std::vector<std::string>& references_;
  std::string title_;
  std::vector<Technique> techniques_;
};

}  // namespace

std::vector<Technique> techniques_of(const ivm::Plan& plan, const std::vector<std::string>& references) {
  return Explainer(plan, references).explain();
}

}  // namespace matview::engine
