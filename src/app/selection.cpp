#include "app/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "app/catalog.hpp"
#include "app/jobs.hpp"
#include "app/names.hpp"
#include "app/unsettled.hpp"
#include "support/edit_distance.hpp"
#include "support/glob.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

/// One word of a selector: `+sales:orders*+`.
struct Term {
  std::string text;
  Reference reference;
  bool upstream = false;
  bool downstream = false;

  bool plain() const {
    return !upstream && !downstream && !support::has_glob(reference.name) && !support::has_glob(reference.profile);
  }
};

Result<Term> parse_term(const std::string& text, const std::string& profile_in_use) {
  Term term;
  term.text = text;
  std::string_view rest = text;
  if (rest.size() > 1 && rest.front() == '+') {
    term.upstream = true;
    rest.remove_prefix(1);
  }
  if (rest.size() > 1 && rest.back() == '+') {
    term.downstream = true;
    rest.remove_suffix(1);
  }
  MATVIEW_ASSIGN(term.reference, parse_reference(rest));
  if (term.reference.profile.empty()) term.reference.profile = profile_in_use;
  return term;
}

std::vector<std::string> names_of(const std::vector<View>& views) {
  std::vector<std::string> names;
  for (const auto& view : views) names.push_back(view.name);
  return names;
}

Error no_such_view(const Term& term, const std::vector<std::string>& names) {
  if (support::has_glob(term.reference.name) || support::has_glob(term.reference.profile))
    return Error(ErrorCode::not_found, fmt::format("no view matches '{}'", support::strip_control(term.text)));
  Error error(ErrorCode::not_found, fmt::format("there is no view '{}'", support::strip_control(term.reference.name)));
  if (const auto near = support::nearest(term.reference.name, names))
    error.hint = fmt::format("did you mean '{}'?", *near);
  return error;
}

/// The names in `views` that a term means, its neighbours left aside.
std::set<std::string> matches(const Term& term, const std::vector<View>& views) {
  std::set<std::string> chosen;
  // A view of exactly that name wins over the pattern that its name happens to be.
  for (const auto& view : views)
    if (view.name == term.reference.name) chosen.insert(view.name);
  if (chosen.empty())
    for (const auto& view : views)
      if (support::glob_match(term.reference.name, view.name)) chosen.insert(view.name);
  return chosen;
}

bool excluded(const Selector& selector, const std::string& profile, const std::string& name) {
  return std::any_of(selector.exclude.begin(), selector.exclude.end(), [&](const std::string& pattern) {
    return pattern == name || support::glob_match(pattern, name) ||
           support::glob_match(pattern, fmt::format("{}:{}", profile, name));
  });
}

bool is_stale(const View& view) { return view.freshness == Freshness::stale || view.freshness == Freshness::empty; }

bool has_any(const View& view, const std::vector<std::string>& tags) {
  return std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return std::find(view.tags.begin(), view.tags.end(), tag) != view.tags.end();
  });
}

/// One plain name needs no list of all views: the provider is asked for it alone.
Result<Selected> select_one(Workspace& workspace, const Term& term, const SelectionNeeds& needs, Control& control) {
  const std::string& profile = term.reference.profile;
  Selected selected;
  selected.profile = profile;
  MATVIEW_ASSIGN(selected.provider, workspace.open(profile));
  selected.view.name = term.reference.name;
  selected.view.profile = profile;
  selected.view.provider = selected.provider->info().name;
  if (!needs.whole) return selected;
  selected.provider->begin_run();
  const auto options = options_for(selected.provider->info(), Operation::describe, needs.options);
  auto view = selected.provider->describe({term.reference.name, false, options}, control);
  if (!view)
    return fail(suggest_view(workspace.attribute(std::move(view).error(), profile), workspace, profile,
                             term.reference.name, control));
  std::vector<View> views{*std::move(view)};
  add_last_jobs(workspace, profile, views);
  selected.view = std::move(views.front());
  return selected;
}

bool narrows(const Selector& selector) {
  return selector.stale || selector.failed || selector.due || selector.auto_due || !selector.tags.empty();
}

/// One selection: first what the words choose, then what the flags leave over.
class Selection {
 public:
  Selection(Workspace& workspace, const Selector& selector, const SelectionNeeds& needs, Control& control)
      : workspace_(workspace),
        selector_(selector),
        needs_(needs),
        catalog_(workspace, {needs.freshness || selector.stale, needs.details, needs.options, selector.auto_due},
                 needs.tolerant, control) {
    if (selector.failed) unsettled_ = selector.unsettled ? UnsettledViews(*selector.unsettled) : kept_views(workspace);
  }

  Result<std::vector<Selected>> run(const std::vector<Term>& terms) {
    for (const auto& term : terms) MATVIEW_TRY(add(term));
    if (selector_.all_profiles) MATVIEW_TRY(add_all_profiles());
    if (!selector_.terms_given && !selector_.all_profiles) {
      const auto profiles = profiles_without_words();
      for (const auto& profile : profiles) MATVIEW_TRY(add_all(profile));
      // Where there is no other, it is the error of the whole.
      if (profiles.size() == 1)
        if (const auto* error = catalog_.refusal(*profiles.begin())) return fail(*error);
    }
    MATVIEW_TRY(check_tags());
    MATVIEW_TRY(find_stale());
    std::vector<Selected> result;
    for (const auto& [profile, names] : by_profile()) MATVIEW_TRY(take(profile, names, result));
    if (needs_.dependencies && result.size() > 1) MATVIEW_TRY(add_dependencies(result));
    for (auto& selected : result)
      if (const auto* error = catalog_.refusal(selected.profile)) selected.refusal = *error;
    order_by_dependency(result);
    return result;
  }

 private:
  Result<void> add(const Term& term) {
    std::set<ViewKey> found;
    std::vector<std::string> names;
    for (const auto& profile : profiles_of(term)) {
      auto views = catalog_.views(profile);
      if (!views) return fail(std::move(views).error());
      for (const auto& name : matches(term, **views)) found.emplace(profile, name);
      if (catalog_.refusal(profile) != nullptr) found.emplace(profile, term.reference.name);
      for (auto& name : names_of(**views)) names.push_back(std::move(name));
    }
    if (found.empty()) {
      const bool one = !support::has_glob(term.reference.profile);
      return fail(workspace_.attribute(no_such_view(term, names), one ? term.reference.profile : ""));
    }
    // From the same start, so that +x+ does not take the other readers of what x reads.
    auto above = found;
    auto below = found;
    if (term.upstream) MATVIEW_TRY(catalog_.add_neighbours(above, Catalog::Direction::upstream));
    if (term.downstream) MATVIEW_TRY(catalog_.add_neighbours(below, Catalog::Direction::downstream));
    chosen_.merge(above);
    chosen_.merge(below);
    return {};
  }

  Result<void> add_all(const std::string& profile) {
    MATVIEW_ASSIGN(const auto* const views, catalog_.views(profile));
    for (const auto& view : *views) chosen_.emplace(profile, view.name);
    if (catalog_.refusal(profile) != nullptr) chosen_.emplace(profile, "*");
    return {};
  }

  /// A profile that cannot be asked does not hide the views of the others, where somebody is told of it.
  Result<void> add_all_profiles() {
    for (const auto& profile : workspace_.config().profiles()) {
      auto added = add_all(profile.name);
      if (added) continue;
      if (needs_.unreachable == nullptr) return added;
      needs_.unreachable->push_back(workspace_.attribute(std::move(added).error(), profile.name)
                                        .with_context(fmt::format("profile '{}': ", profile.name)));
    }
    return {};
  }

  /// Those of one profile; a glob in the place of its name means all that match.
  std::vector<std::string> profiles_of(const Term& term) const {
    if (!support::has_glob(term.reference.profile)) return {term.reference.profile};
    std::vector<std::string> names;
    for (const auto& profile : workspace_.config().profiles())
      if (support::glob_match(term.reference.profile, profile.name)) names.push_back(profile.name);
    return names;
  }

  /// What a run left behind may be of other profiles too.
  std::set<std::string> profiles_without_words() const {
    std::set<std::string> profiles;
    if (!selector_.unsettled) profiles.insert(workspace_.profile_in_use());
    if (selector_.failed && !selector_.all) profiles.merge(unsettled_.profiles());
    return profiles;
  }

  Result<void> check_tags() {
    if (selector_.tags.empty()) return {};
    std::vector<std::string> known;
    for (const auto& [profile, names] : by_profile()) {
      MATVIEW_ASSIGN(const auto* const views, catalog_.views(profile));
      for (const auto& view : *views) known.insert(known.end(), view.tags.begin(), view.tags.end());
    }
    for (const auto& tag : selector_.tags) {
      if (std::find(known.begin(), known.end(), tag) != known.end()) continue;
      Error error(ErrorCode::not_found, fmt::format("no view has the tag '{}'", support::strip_control(tag)));
      if (const auto near = support::nearest(tag, known)) error.hint = fmt::format("did you mean '{}'?", *near);
      return fail(std::move(error));
    }
    return {};
  }

  Result<void> find_stale() {
    if (!selector_.stale) return {};
    for (const auto& [profile, names] : by_profile()) {
      MATVIEW_ASSIGN(const auto* const views, catalog_.views(profile));
      for (const auto& view : *views)
        if (is_stale(view)) stale_.emplace(profile, view.name);
    }
    if (!needs_.readers_of_stale) return {};
    return catalog_.add_neighbours(stale_, Catalog::Direction::downstream);
  }

  bool kept(const std::string& profile, const View& view) const {
    if (selector_.unattended() && view.suspended.value_or(false)) return false;
    if (!selector_.tags.empty() && !has_any(view, selector_.tags)) return false;
    if (selector_.stale && !stale_.contains({profile, view.name})) return false;
    if (selector_.due && !view.due) return false;
    if (selector_.auto_due && !view.auto_due) return false;
    if (selector_.failed && !unsettled_.has(profile, view) && (selector_.unsettled || view.state != ViewState::error))
      return false;
    return !excluded(selector_, profile, view.name);
  }

  Result<void> take(const std::string& profile, const std::set<std::string>& names, std::vector<Selected>& result) {
    MATVIEW_ASSIGN(const auto* const views, catalog_.views(profile));
    if (const auto* error = catalog_.refusal(profile); error != nullptr && views->empty()) {
      for (const auto& name : names)
        if (!excluded(selector_, profile, name)) result.push_back(refused(profile, name, *error));
      return {};
    }
    MATVIEW_ASSIGN(Provider* const provider, workspace_.open(profile));
    for (const auto& view : *views)
      if (names.contains(view.name) && kept(profile, view)) result.push_back({profile, provider, view});
    return {};
  }

  Selected refused(const std::string& profile, const std::string& name, const Error& error) const {
    Selected selected;
    selected.profile = selected.view.profile = profile;
    selected.view.name = name;
    selected.view.provider = error.provider;
    if (const auto opened = workspace_.open(profile)) selected.provider = *opened;
    selected.refusal = error;
    return selected;
  }

  Result<void> add_dependencies(std::vector<Selected>& result) {
    std::map<std::string, std::set<std::string>> names;
    for (const auto& selected : result) names[selected.profile].insert(selected.view.name);
    for (const auto& [profile, of_profile] : names) MATVIEW_TRY(catalog_.learn_dependencies(profile, of_profile));
    for (auto& selected : result) {
      MATVIEW_ASSIGN(const auto* const views, catalog_.views(selected.profile));
      for (const auto& view : *views)
        if (view.name == selected.view.name) selected.view.depends_on = view.depends_on;
      MATVIEW_ASSIGN(selected.upstream, catalog_.declared_upstream(key_of(selected)));
    }
    return {};
  }

  std::map<std::string, std::set<std::string>> by_profile() const {
    std::map<std::string, std::set<std::string>> names;
    for (const auto& [profile, name] : chosen_) names[profile].insert(name);
    return names;
  }

  Workspace& workspace_;
  const Selector& selector_;
  const SelectionNeeds& needs_;
  Catalog catalog_;
  UnsettledViews unsettled_;
  std::set<ViewKey> chosen_;
  std::set<ViewKey> stale_;
};

}  // namespace

std::string provider_name(const Selected& selected) {
  return selected.provider != nullptr ? selected.provider->info().name : selected.view.provider;
}

Result<std::vector<Selected>> select(Workspace& workspace, const Selector& selector, const SelectionNeeds& needs,
                                     Control& control) {
  std::vector<Term> terms;
  for (const auto& text : selector.terms) {
    MATVIEW_ASSIGN(Term term, parse_term(text, workspace.profile_in_use()));
    terms.push_back(std::move(term));
  }
  if (terms.size() == 1 && terms.front().plain() && !narrows(selector) && selector.exclude.empty()) {
    MATVIEW_ASSIGN(Selected selected, select_one(workspace, terms.front(), needs, control));
    return std::vector{std::move(selected)};
  }
  return Selection(workspace, selector, needs, control).run(terms);
}

Error suggest_view(Error error, Workspace& workspace, std::string_view profile, std::string_view name,
                   Control& control) {
  // Something else that the view reads may be what was not found.
  if (error.code != ErrorCode::not_found || !error.hint.empty() || error.message.find(name) == std::string::npos)
    return error;
  const auto provider = workspace.open(profile);
  if (!provider || !(*provider)->info().operations.contains(Operation::list)) return error;
  const auto views = (*provider)->list({false}, control);
  if (!views) return error;
  if (const auto near = support::nearest(name, names_of(*views))) error.hint = fmt::format("did you mean '{}'?", *near);
  return error;
}

}  // namespace matview::app
