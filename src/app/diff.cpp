#include "app/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/names.hpp"
#include "app/selection.hpp"
#include "support/glob.hpp"
#include "support/parallel.hpp"
#include "support/sha256.hpp"
#include "support/text.hpp"
#include "support/unified_diff.hpp"

namespace matview::app {

namespace {

using config::DefinedView;

constexpr std::size_t k_at_a_time = 8;  ///< views that a service is asked for

/// The space at the end of a query is no difference.
std::string with_end(std::string query) {
  query.erase(query.find_last_not_of(" \t\r\n") + 1);
  return query.empty() ? query : query + "\n";
}

/// Asks a profile's provider what there is, and tells one view of the file from it.
class Comparison {
 public:
  Comparison(Workspace& workspace, Control& control) : workspace_(workspace), control_(control) {}

  /// Opened one after the other, before several threads ask.
  Result<void> open(const std::string& profile) {
    if (providers_.contains(profile)) return {};
    MATVIEW_TRY(workspace_.require(profile, Operation::definition));
    MATVIEW_ASSIGN(providers_[profile], workspace_.open(profile));
    const auto found = workspace_.config().profile(profile);
    if (!found) return {};
    // A plan is for the backend it was made for.
    for (const char* key : {"url", "store", "state_file", "database", "owner"})
      if (const auto setting = (*found)->settings.find(key); setting != (*found)->settings.end())
        backends_[profile] += fmt::format("{}={}\n", key, setting->second.value);
    return {};
  }

  Change compare_view(const DefinedView& view) const {
    Provider& provider = *providers_.at(view.profile);
    Change change;
    change.profile = view.profile;
    change.provider = provider.info().name;
    change.view = view.request.name;
    change.where = view.where;
    change.depends_on = view.depends_on;
    change.request = view.request;
    change.wanted_print = print(view.profile, view.request, view.depends_on);
    auto told = provider.definition({view.request.name, false, describe_options(provider, view.request)}, control_);
    if (!told && told.error().code == ErrorCode::not_found)
      make(change, provider);
    else if (!told)
      give_up(change, std::move(told).error());
    else
      judge(change, provider, *told);
    return change;
  }

  Result<std::vector<View>> list(const std::string& profile) const {
    auto views = providers_.at(profile)->list({}, control_);
    if (!views)
      return fail(workspace_.attribute(std::move(views).error(), profile).with_context("cannot list views: "));
    return views;
  }

  Provider& provider(const std::string& profile) const { return *providers_.at(profile); }

 private:
  std::string print(const std::string& profile, const CreateRequest& request,
                    const std::vector<std::string>& depends_on) const {
    const auto backend = backends_.find(profile);
    return support::sha256(fmt::format("{}\n{}\n{}\n{}", profile, backend == backends_.end() ? "" : backend->second,
                                       support::join(depends_on, "\n"), canonical_text(request)));
  }

  /// Of create's options, those with which a view is looked at too.
  static OptionValues describe_options(const Provider& provider, const CreateRequest& request) {
    OptionValues options;
    for (const auto& spec : provider.info().options)
      if (const auto found = request.options.find(spec.name);
          found != request.options.end() && spec.operations.contains(Operation::describe))
        options.insert(*found);
    return options;
  }

  void give_up(Change& change, Error error) const {
    change.action = Action::error;
    const auto name = display_name(change.profile, change.view, workspace_.profile_in_use());
    change.error = workspace_.attribute(std::move(error), change.profile)
                       .with_context(fmt::format("cannot compare '{}': ", support::strip_control(name)));
    change.reason = change.error->message;
  }

  void make(Change& change, Provider& provider) const {
    change.action = Action::create;
    change.reason = "it is not there yet";
    change.diff = support::unified_diff("", with_end(change.request.query));
    change.fields = app::compare(CreateRequest(), change.request);
    if (change.request.with_data) change.effect = "it is filled at once";
    add_bill(change, provider);
  }

  void judge(Change& change, Provider& provider, const CreateRequest& told) const {
    change.view = told.name;
    change.request.name = told.name;
    change.told_print = print(change.profile, told, {});
    auto wanted = provider.redefined(change.request, told);
    if (!wanted) return give_up(change, std::move(wanted).error());
    change.fields = app::compare(told, *wanted);
    if (change.fields.empty()) return judge_rows(change, provider);
    std::vector<std::string> keys;
    bool keeps_rows = true;
    for (const auto& field : change.fields) {
      keys.push_back(field.key);
      keeps_rows = keeps_rows && leaves_rows(provider.info(), field.key);
      if (field.key == "query") change.diff = support::unified_diff(with_end(told.query), with_end(wanted->query));
    }
    change.reason = support::join(keys, ", ");
    change.request.replace = true;
    if (provider.info().recreates) {
      change.action = Action::recreate;
      change.effect = "the backend cannot change a view: it is dropped with its rows, and created again";
      return;
    }
    change.action = keeps_rows ? Action::change : Action::replace;
    if (!keeps_rows)
      change.effect = change.request.with_data ? "it is filled anew"
                                               : "its rows are those of the old definition until the next refresh";
    add_bill(change, provider);
  }

  /// A view that was to be filled and was not, because what made it ended before, is not as the file has it.
  void judge_rows(Change& change, Provider& provider) const {
    change.action = Action::unchanged;
    if (!change.request.with_data || provider.info().asynchronous) return;
    const auto view = provider.describe({change.view, false, {}}, control_);
    if (!view || view->freshness != Freshness::empty) return;
    change.action = Action::change;
    change.request.replace = true;
    change.reason = "it was never filled";
    change.effect = "it is filled";
  }

  static bool leaves_rows(const ProviderInfo& info, std::string key) {
    if (key == "tags") return true;
    std::replace(key.begin(), key.end(), '_', '-');
    return std::any_of(info.options.begin(), info.options.end(),
                       [&](const OptionSpec& spec) { return spec.name == key && spec.keeps_rows; });
  }

  /// A service that runs the query when a view is made or changed says so in its plan, for which it is not asked.
  void add_bill(Change& change, Provider& provider) const {
    if (!provider.info().asynchronous) return;
    const auto plan = provider.plan_create(change.request, control_);
    if (plan && plan->mode == "full") change.effect = plan->reason;
  }

  Workspace& workspace_;
  Control& control_;
  std::map<std::string, Provider*> providers_;
  std::map<std::string, std::string> backends_;  ///< by profile: which backend it is
};

bool matches(const std::string& selector, const std::string& profile, const std::string& name,
             const std::string& in_use) {
  const auto colon = selector.find(':');
  const auto owner = colon == std::string::npos ? in_use : selector.substr(0, colon);
  const auto pattern = colon == std::string::npos ? selector : selector.substr(colon + 1);
  // Without a profile a name means that view wherever the file puts it.
  return (colon == std::string::npos || owner == profile) && (pattern == name || support::glob_match(pattern, name));
}

/// The views to drop, downstream first.
Result<std::vector<Change>> pruned(Workspace& workspace, const Comparison& comparison,
                                   const std::set<std::string>& profiles, const std::set<std::string>& kept,
                                   const std::vector<std::string>& selectors) {
  std::vector<Change> drops;
  for (const auto& profile : profiles) {
    MATVIEW_TRY(workspace.require(profile, Operation::drop));
    MATVIEW_ASSIGN(auto views, comparison.list(profile));
    std::vector<Selected> ordered;
    for (auto& view : views) {
      const auto chosen = [&](const std::string& selector) {
        return matches(selector, profile, view.name, workspace.profile_in_use());
      };
      if (kept.contains(profile + ":" + view.name) || view.kind == "table") continue;
      if (!selectors.empty() && std::none_of(selectors.begin(), selectors.end(), chosen)) continue;
      ordered.push_back({profile, nullptr, std::move(view)});
    }
    order_by_dependency(ordered);
    std::reverse(ordered.begin(), ordered.end());
    for (const auto& selected : ordered) {
      Change change;
      change.action = Action::drop;
      change.profile = profile;
      change.provider = comparison.provider(profile).info().name;
      change.view = selected.view.name;
      change.reason = "it is not in the file";
      change.effect = "its rows go with it";
      change.told_print = support::sha256(profile + "\n" + selected.view.name + "\n" + selected.view.definition);
      drops.push_back(std::move(change));
    }
  }
  return drops;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Depth first; what leads back to where it came from counts as done.
class Order {
 public:
  explicit Order(std::vector<Change>& changes) : changes_(changes), state_(changes.size(), State::open) {}

  std::vector<Change> run() {
    for (std::size_t i = 0; i < changes_.size(); ++i) visit(i);
    std::vector<Change> ordered;
    for (const auto i : order_) ordered.push_back(std::move(changes_[i]));
    return ordered;
  }

 private:
  enum class State { open, done };

  void visit(std::size_t i) {
    if (state_[i] == State::done) return;
    state_[i] = State::done;
    for (std::size_t j = 0; j < changes_.size(); ++j)
      if (j != i && state_[j] == State::open && leans_on(changes_[i], changes_[j])) visit(j);
    order_.push_back(i);
  }

  static bool leans_on(const Change& change, const Change& other) {
    if (std::find(change.depends_on.begin(), change.depends_on.end(), other.key()) != change.depends_on.end())
      return true;
    return change.profile == other.profile && mentions(change.request.query, other.view);
  }

  std::vector<Change>& changes_;
  std::vector<State> state_;
  std::vector<std::size_t> order_;
};

}  // namespace

bool mentions(std::string_view sql, std::string_view name) {
  if (name.empty()) return false;
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  for (auto from = sql.begin(); from != sql.end();) {
    const auto found = std::search(from, sql.end(), name.begin(), name.end(), same);
    if (found == sql.end()) return false;
    const auto end = found + static_cast<std::ptrdiff_t>(name.size());
    const bool begins = found == sql.begin() || !is_word(*(found - 1)) || !is_word(name.front());
    const bool ends = end == sql.end() || !is_word(*end) || !is_word(name.back());
    if (begins && ends) return true;
    from = found + 1;
  }
  return false;
}

void order_by_definition(std::vector<Change>& changes) { changes = Order(changes).run(); }

Result<std::vector<Change>> diff(Workspace& workspace, const std::vector<DefinedView>& views,
                                 const DiffOptions& options, Control& control) {
  std::set<std::string> matched;
  std::vector<const DefinedView*> chosen;
  for (const auto& view : views) {
    bool is_chosen = options.selectors.empty();
    for (const auto& selector : options.selectors)
      if (matches(selector, view.profile, view.request.name, workspace.profile_in_use())) {
        is_chosen = true;
        matched.insert(selector);
      }
    if (is_chosen) chosen.push_back(&view);
  }
  Comparison comparison(workspace, control);
  std::set<std::string> profiles;
  for (const auto& view : views) profiles.insert(view.profile);
  for (const auto& view : views) {
    if (auto checked = check_new_name(view.request.name); !checked)
      return fail(std::move(checked).error().with_context(view.where + ": "));
  }
  for (const auto& profile : profiles) MATVIEW_TRY(comparison.open(profile));

  // Views outside the selection are looked at only where it must be known which the file keeps.
  std::vector<const DefinedView*> asked;
  if (options.prune)
    for (const auto& view : views) asked.push_back(&view);
  else
    asked = chosen;
  std::vector<Change> compared(asked.size());
  for (const auto& profile : profiles) {
    std::vector<std::size_t> of_profile;
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (asked[i]->profile == profile) of_profile.push_back(i);
    const std::size_t workers = comparison.provider(profile).info().asynchronous ? k_at_a_time : 1;
    support::parallel_for(of_profile.size(), workers, [&](std::size_t i) {
      compared[of_profile[i]] = comparison.compare_view(*asked[of_profile[i]]);
    });
  }

  std::vector<Change> changes;
  std::set<std::string> kept;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (!kept.insert(compared[i].key()).second)
      return fail(ErrorCode::usage, fmt::format("{}: the view '{}' is defined already, in other letters",
                                                asked[i]->where, support::strip_control(compared[i].key())));
    if (compared[i].error &&
        (compared[i].error->code == ErrorCode::interrupted || compared[i].error->code == ErrorCode::terminated))
      return fail(*std::move(compared[i].error));
    if (std::find(chosen.begin(), chosen.end(), asked[i]) != chosen.end()) changes.push_back(std::move(compared[i]));
  }
  order_by_definition(changes);
  if (options.prune) {
    MATVIEW_ASSIGN(auto drops, pruned(workspace, comparison, profiles, kept, options.selectors));
    for (auto& drop : drops) {
      for (const auto& selector : options.selectors)
        if (matches(selector, drop.profile, drop.view, workspace.profile_in_use())) matched.insert(selector);
      changes.push_back(std::move(drop));
    }
  }
  for (const auto& selector : options.selectors)
    if (!matched.contains(selector))
      return fail(ErrorCode::not_found,
                  fmt::format("no view of the file matches '{}'", support::strip_control(selector)));
  return changes;
}

}  // namespace matview::app
