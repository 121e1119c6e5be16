#include "app/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "app/jobs.hpp"
#include "app/names.hpp"
#include "support/edit_distance.hpp"
#include "support/glob.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

using Key = std::pair<std::string, std::string>;  // profile, view

/// One word of a selector: `+sales:orders*+`.
struct Term {
  std::string text;
  Reference reference;
  bool upstream = false;
  bool downstream = false;

  bool plain() const { return !upstream && !downstream && !support::has_glob(reference.name); }
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

/// Of `given` those that the provider has for the operation.
OptionValues options_for(const ProviderInfo& info, Operation operation, const OptionValues& given) {
  OptionValues options;
  for (const auto& spec : info.options)
    if (const auto found = given.find(spec.name); found != given.end() && spec.operations.contains(operation))
      options.insert(*found);
  return options;
}

/// The views of each profile, listed when first asked for.
class Catalog {
 public:
  Catalog(Workspace& workspace, ListRequest request, Control& control)
      : workspace_(workspace), request_(std::move(request)), control_(control) {}

  Result<const std::vector<View>*> views(const std::string& profile) {
    if (const auto known = listed_.find(profile); known != listed_.end()) return &known->second;
    MATVIEW_TRY(workspace_.require(profile, Operation::list));
    MATVIEW_ASSIGN(Provider* const provider, workspace_.open(profile));
    provider->begin_run();  // what an earlier selection saw may have changed
    ListRequest request = request_;
    request.options = options_for(provider->info(), Operation::list, request_.options);
    auto listed = provider->list(request, control_);
    if (!listed) return fail(workspace_.attribute(std::move(listed).error(), profile));
    add_last_jobs(workspace_, profile, *listed);
    return &listed_.emplace(profile, *std::move(listed)).first->second;
  }

 private:
  Workspace& workspace_;
  ListRequest request_;
  Control& control_;
  std::map<std::string, std::vector<View>> listed_;
};

Error no_such_view(const Term& term, const std::vector<View>& views) {
  if (support::has_glob(term.reference.name))
    return Error(ErrorCode::not_found, fmt::format("no view matches '{}'", support::strip_control(term.text)));
  Error error(ErrorCode::not_found, fmt::format("there is no view '{}'", support::strip_control(term.reference.name)));
  if (const auto near = support::nearest(term.reference.name, names_of(views)))
    error.hint = fmt::format("did you mean '{}'?", *near);
  return error;
}

/// Grows `chosen` by what its members read (or, the other way, by what reads them), however indirectly.
void add_neighbours(std::set<std::string>& chosen, const std::vector<View>& views, bool upstream) {
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& view : views)
      for (const auto& source : view.depends_on) {
        const std::string& from = upstream ? view.name : source;
        const std::string& to = upstream ? source : view.name;
        const auto known = [&](const View& candidate) { return candidate.name == to; };
        if (chosen.contains(from) && !chosen.contains(to) && std::any_of(views.begin(), views.end(), known))
          grown = chosen.insert(to).second || grown;
      }
  }
}

/// The names in `views` that a term means.
Result<std::set<std::string>> matches(const Term& term, const std::vector<View>& views) {
  std::set<std::string> chosen;
  // A view of exactly that name wins over the pattern that its name happens to be.
  for (const auto& view : views)
    if (view.name == term.reference.name) chosen.insert(view.name);
  if (chosen.empty())
    for (const auto& view : views)
      if (support::glob_match(term.reference.name, view.name)) chosen.insert(view.name);
  if (chosen.empty()) return fail(no_such_view(term, views));
  // From the same start, so that +x+ does not take the other readers of what x reads.
  std::set<std::string> above = chosen;
  std::set<std::string> below = chosen;
  if (term.upstream) add_neighbours(above, views, true);
  if (term.downstream) add_neighbours(below, views, false);
  above.merge(below);
  return above;
}

Result<void> check_tags(const std::vector<std::string>& tags, const std::vector<View>& views) {
  std::vector<std::string> known;
  for (const auto& view : views) known.insert(known.end(), view.tags.begin(), view.tags.end());
  for (const auto& tag : tags) {
    if (std::find(known.begin(), known.end(), tag) != known.end()) continue;
    Error error(ErrorCode::not_found, fmt::format("no view has the tag '{}'", support::strip_control(tag)));
    if (const auto near = support::nearest(tag, known)) error.hint = fmt::format("did you mean '{}'?", *near);
    return fail(std::move(error));
  }
  return {};
}

bool excluded(const Selector& selector, const std::string& profile, const std::string& name) {
  return std::any_of(selector.exclude.begin(), selector.exclude.end(), [&](const std::string& pattern) {
    return pattern == name || support::glob_match(pattern, name) ||
           support::glob_match(pattern, fmt::format("{}:{}", profile, name));
  });
}

bool is_stale(const View& view) { return view.freshness == Freshness::stale || view.freshness == Freshness::empty; }

/// Those of `views` that the flags of the selector leave over; by address, since several may have one name.
std::set<const View*> kept_by_flags(const Selector& selector, const SelectionNeeds& needs,
                                    const std::vector<View>& views) {
  std::set<std::string> stale;
  for (const auto& view : views)
    if (is_stale(view)) stale.insert(view.name);
  if (needs.readers_of_stale) add_neighbours(stale, views, false);

  std::set<const View*> kept;
  for (const auto& view : views) {
    const bool tagged =
        selector.tags.empty() || std::any_of(selector.tags.begin(), selector.tags.end(), [&](const std::string& tag) {
          return std::find(view.tags.begin(), view.tags.end(), tag) != view.tags.end();
        });
    if (!tagged || (selector.stale && !stale.contains(view.name))) continue;
    if (selector.due && !view.due) continue;
    if (selector.auto_due && !view.auto_due) continue;
    if ((selector.stale || selector.due || selector.auto_due) && view.suspended.value_or(false)) continue;
    if (selector.failed && view.state != ViewState::error) continue;
    kept.insert(&view);
  }
  return kept;
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

}  // namespace

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

  Catalog catalog(workspace, {needs.freshness || selector.stale, needs.details, needs.options, selector.auto_due},
                  control);
  std::map<std::string, std::set<std::string>> chosen;
  for (const auto& term : terms) {
    MATVIEW_ASSIGN(const auto* const views, catalog.views(term.reference.profile));
    auto names = matches(term, *views);
    if (!names) return fail(workspace.attribute(std::move(names).error(), term.reference.profile));
    chosen[term.reference.profile].merge(*names);
  }
  if (!selector.terms_given) {
    MATVIEW_ASSIGN(const auto* const views, catalog.views(workspace.profile_in_use()));
    for (const auto& view : *views) chosen[workspace.profile_in_use()].insert(view.name);
  }

  std::vector<Selected> result;
  for (const auto& [profile, names] : chosen) {
    MATVIEW_ASSIGN(const auto* const views, catalog.views(profile));
    MATVIEW_TRY(check_tags(selector.tags, *views));
    MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
    const auto kept = kept_by_flags(selector, needs, *views);
    for (const auto& view : *views)
      if (names.contains(view.name) && kept.contains(&view) && !excluded(selector, profile, view.name))
        result.push_back({profile, provider, view});
  }
  order_by_dependency(result);
  return result;
}

Error suggest_view(Error error, Workspace& workspace, std::string_view profile, std::string_view name,
                   Control& control) {
  if (error.code != ErrorCode::not_found || !error.hint.empty()) return error;
  const auto provider = workspace.open(profile);
  if (!provider || !(*provider)->info().operations.contains(Operation::list)) return error;
  const auto views = (*provider)->list({false}, control);
  if (!views) return error;
  if (const auto near = support::nearest(name, names_of(*views))) error.hint = fmt::format("did you mean '{}'?", *near);
  return error;
}

}  // namespace matview::app
