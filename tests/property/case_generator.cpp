#include "case_generator.hpp"

#include <fmt/format.h>

#include <exception>

namespace matview::property {

namespace {

using Kind = Action::Kind;

Action plain(Kind kind) {
  Action action;
  action.kind = kind;
  return action;
}

class Case {
 public:
  Case(std::uint64_t seed, Statistics& statistics)
      : random_(seed), sources_generator_(random_), queries_(random_, world_.oracle()), statistics_(statistics) {}

  Outcome run(int steps) {
    if (prepare())
      for (; outcome_.steps < steps && step(); ++outcome_.steps) {
      }
    for (const auto& refreshed : world_.refreshes())
      if (const auto tags = tags_.find(refreshed.view); tags != tags_.end())
        statistics_.count(refreshed.job, tags->second);
    outcome_.discarded = !world_.is_sound();
    return std::move(outcome_);
  }

 private:
  /// Does an action and puts it on record; false when the case is at its end.
  bool act(Action action) {
    outcome_.script.push_back(action);
    try {
      outcome_.failure = world_.run(action);
    } catch (const std::exception& exception) {
      outcome_.failure = Failure{"exception", "", exception.what()};
    }
    return !outcome_.failure && world_.is_sound();
  }

  bool act(const Script& actions) {
    for (const auto& action : actions)
      if (!act(action)) return false;
    return true;
  }

  bool prepare() {
    queries_.ask_for_time(random_.chance(25));
    for (int i = 1 + static_cast<int>(random_.weighted({4, 4, 2, 1})); i > 0; --i) {
      auto& source = sources_.emplace_back(sources_generator_.source(fmt::format("t{}", sources_.size() + 1)));
      if (!act(sources_generator_.fill(source))) return false;
    }
    world_.files().attach();
    for (const auto& source : sources_) queries_.add(source.references());
    if (random_.chance(40) && !reopen()) return false;
    // Many cases of few views meet more definitions in the same time than few cases of many; chains are among them.
    for (int i = random_.chance(1) ? 9 : 1 + static_cast<int>(random_.weighted({12, 6, 3})); i > 0; --i)
      if (!create(fmt::format("v{}", ++views_))) return false;
    return act(plain(Kind::refresh));
  }

  bool create(const std::string& name) {
    world_.files().attach();
    const auto definition = queries_.definition();
    if (!definition) return true;
    Action action;
    action.kind = Kind::view;
    action.target = name;
    action.how = random_.pick(modes_of_choice()) + keeping();
    action.sql = definition->sql;
    tags_[name] = definition->tags;
    if (!act(action)) return false;
    if (!world_.has_view(name)) return true;
    // A name that means rows to the oracle from now on, so that others can read it.
    if (!world_.oracle().compute(name, definition->sql)) return false;
    queries_.add({in_quotes(name), name});
    if (definition->sql.find(" v") != std::string::npos) tags_[name].insert("view_over_view");
    names_.push_back(name);
    if (random_.chance(3)) {
      // The same definition in every mode: all have to agree.
      for (const auto* mode : {"full", "auto", "incremental"}) {
        action.target = fmt::format("{}_{}", name, mode);
        action.how = mode;
        tags_[action.target] = definition->tags;
        if (!act(action)) return false;
      }
    }
    return true;
  }

  /// Files above the limit are linked and not copied, so that what is changed in place has no history.
  bool reopen() {
    auto action = plain(Kind::reopen);
    action.target = random_.pick(std::vector<std::string>{"", "", "0", "0", "100", "700", "5000"});
    return act(action);
  }

  /// How sources are kept, behind the mode.
  std::string keeping() { return random_.pick(std::vector<std::string>{"", "", "", " copy", " off"}); }

  /// Gives the view that nothing reads another definition.
  bool replace_last() {
    if (names_.empty()) return true;
    world_.files().attach();
    const auto definition = queries_.definition();
    if (!definition || definition->sql.find(names_.back()) != std::string::npos) return true;
    Action action;
    action.kind = Kind::view;
    action.target = names_.back();
    action.how = random_.pick(modes_of_choice()) + keeping();
    action.sql = definition->sql;
    tags_[action.target] = definition->tags;
    Action refresh;
    refresh.target = action.target;
    return act(action) && act(refresh);
  }

  static const std::vector<std::string>& modes_of_choice() {
    static const std::vector<std::string> k_modes{"incremental", "incremental", "incremental", "incremental",
                                                  "incremental", "incremental", "incremental", "strict",
                                                  "strict",      "auto",        "full"};
    return k_modes;
  }

  bool step() {
    for (int i = static_cast<int>(random_.weighted({1, 8, 3, 1})); i > 0; --i)
      if (!act(sources_generator_.change(sources_[random_.below(sources_.size())]))) return false;
    if (random_.chance(6) && !reopen()) return false;
    if (queries_.asks_for_time() && random_.chance(70)) {
      auto passed = plain(Kind::time);
      passed.target = std::to_string(random_.pick(std::vector<int>{60, 3600, 40000, 86400, 200000, -86400, 2600000}));
      if (!act(passed)) return false;
    }
    if (random_.chance(3) && !replace_last()) return false;
    Action refresh;
    refresh.kind = Kind::refresh;
    if (random_.chance(20) && !names_.empty()) refresh.target = random_.pick(names_);
    if (random_.chance(4)) refresh.how = "full";
    if (!act(refresh)) return false;
    if (random_.chance(4) && !act(plain(Kind::verify))) return false;
    if (random_.chance(3) && !act(plain(Kind::query))) return false;
    return !random_.chance(3) || act(plain(Kind::gc));
  }

  World world_;
  Random random_;
  SourceGenerator sources_generator_;
  QueryGenerator queries_;
  Statistics& statistics_;
  std::vector<SourceSpec> sources_;
  std::map<std::string, std::set<std::string>> tags_;
  std::vector<std::string> names_;
  Outcome outcome_;
  int views_ = 0;
};

}  // namespace

Outcome run_generated(std::uint64_t seed, int steps, Statistics& statistics) {
  return Case(seed, statistics).run(steps);
}

}  // namespace matview::property
