#include "app/catalog.hpp"

#include <algorithm>

#include "app/declared.hpp"
#include "app/jobs.hpp"
#include "app/run_end.hpp"

namespace matview::app {

OptionValues options_for(const ProviderInfo& info, Operation operation, const OptionValues& given) {
  OptionValues options;
  for (const auto& spec : info.options)
    if (const auto found = given.find(spec.name); found != given.end() && spec.operations.contains(operation))
      options.insert(*found);
  return options;
}

namespace {

/// What a service or a store may get over, or what is wrong with one alone; not what the user got wrong, nor the end of
/// the run.
bool is_of_backend(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
    case ErrorCode::auth:
    case ErrorCode::unavailable:
    case ErrorCode::timeout:
    case ErrorCode::conflict:
    case ErrorCode::locked: return true;
    default: return false;
  }
}

}  // namespace

bool Catalog::tolerate(const std::string& profile, const Error& error) {
  if (!tolerant_ || out_of_time(control_) || !is_of_backend(error.code)) return false;
  refusals_.emplace(profile, error);
  return true;
}

const Error* Catalog::refusal(const std::string& profile) const {
  const auto found = refusals_.find(profile);
  return found == refusals_.end() ? nullptr : &found->second;
}

Result<std::vector<View>> Catalog::ask(const std::string& profile) {
  MATVIEW_ASSIGN(Provider* const provider, workspace_.open(profile));
  provider->begin_run();  // what an earlier selection saw may have changed
  ListRequest request = request_;
  request.options = options_for(provider->info(), Operation::list, request_.options);
  return provider->list(request, control_);
}

Result<Catalog::Listed*> Catalog::listed(const std::string& profile) {
  if (const auto known = listed_.find(profile); known != listed_.end()) return &known->second;
  MATVIEW_TRY(workspace_.require(profile, Operation::list));
  auto views = ask(profile);
  if (!views) {
    Error error = workspace_.attribute(std::move(views).error(), profile);
    if (!tolerate(profile, error)) return fail(std::move(error));
    views = std::vector<View>();
  }
  add_last_jobs(workspace_, profile, *views);
  Listed listed{*std::move(views), {}, {}};
  for (const auto& view : listed.views) listed.names.insert(view.name);
  return &listed_.emplace(profile, std::move(listed)).first->second;
}

Result<const std::vector<View>*> Catalog::views(const std::string& profile) {
  MATVIEW_ASSIGN(const Listed* const found, listed(profile));
  return &found->views;
}

Result<void> Catalog::learn_dependencies(const std::string& profile, const std::set<std::string>& names) {
  MATVIEW_ASSIGN(Listed* const found, listed(profile));
  std::vector<View*> unknown;
  for (auto& view : found->views)
    if (names.contains(view.name) && !found->learnt.contains(view.name)) unknown.push_back(&view);
  if (unknown.empty()) return {};
  std::vector<View> views;
  for (const auto* view : unknown) views.push_back(*view);
  MATVIEW_ASSIGN(Provider* const provider, workspace_.open(profile));
  if (auto learnt = provider->add_dependencies(views, control_); !learnt) {
    Error error = workspace_.attribute(std::move(learnt).error(), profile);
    // In which order they go nobody knows then.
    return tolerate(profile, error) ? Result<void>() : fail(std::move(error));
  }
  for (std::size_t i = 0; i < unknown.size(); ++i) unknown[i]->depends_on = std::move(views[i].depends_on);
  found->learnt.insert(names.begin(), names.end());
  return {};
}

Result<void> Catalog::read_declared() {
  if (declared_read_) return {};
  MATVIEW_ASSIGN(const auto edges, declared_dependencies(workspace_));
  for (const auto& [view, source] : edges) {
    declared_[view].insert(source);
    declared_readers_[source].insert(view);
  }
  declared_read_ = true;
  return {};
}

Result<std::vector<ViewKey>> Catalog::declared_upstream(const ViewKey& view) {
  MATVIEW_TRY(read_declared());
  const auto found = declared_.find(view);
  if (found == declared_.end()) return std::vector<ViewKey>();
  return std::vector<ViewKey>(found->second.begin(), found->second.end());
}

Result<const std::map<std::string, std::set<std::string>>*> Catalog::readers(const std::string& profile) {
  if (const auto known = readers_.find(profile); known != readers_.end()) return &known->second;
  MATVIEW_ASSIGN(const Listed* const found, listed(profile));
  MATVIEW_TRY(learn_dependencies(profile, found->names));
  std::map<std::string, std::set<std::string>> readers;
  for (const auto& view : found->views)
    for (const auto& source : view.depends_on) readers[source].insert(view.name);
  return &readers_.emplace(profile, std::move(readers)).first->second;
}

Result<std::set<ViewKey>> Catalog::neighbours(const ViewKey& view, Direction direction) {
  MATVIEW_TRY(read_declared());
  const auto& [profile, name] = view;
  std::set<ViewKey> found;
  const auto& declared = direction == Direction::upstream ? declared_ : declared_readers_;
  if (const auto said = declared.find(view); said != declared.end()) found = said->second;
  if (direction == Direction::upstream) {
    MATVIEW_TRY(learn_dependencies(profile, {name}));
    MATVIEW_ASSIGN(const auto* const views, this->views(profile));
    for (const auto& candidate : *views)
      if (candidate.name == name)
        for (const auto& source : candidate.depends_on) found.emplace(profile, source);
  } else {
    MATVIEW_ASSIGN(const auto* const readers, this->readers(profile));
    if (const auto known = readers->find(name); known != readers->end())
      for (const auto& reader : known->second) found.emplace(profile, reader);
  }
  // What is named somewhere need not be there.
  std::set<ViewKey> present;
  for (const auto& key : found) {
    MATVIEW_ASSIGN(const Listed* const of_profile, listed(key.first));
    if (of_profile->names.contains(key.second) || refusal(key.first) != nullptr) present.insert(key);
  }
  return present;
}

Result<void> Catalog::add_neighbours(std::set<ViewKey>& chosen, Direction direction) {
  std::vector<ViewKey> open(chosen.begin(), chosen.end());
  while (!open.empty()) {
    const ViewKey view = std::move(open.back());
    open.pop_back();
    MATVIEW_ASSIGN(const auto found, neighbours(view, direction));
    for (const auto& key : found)
      if (chosen.insert(key).second) open.push_back(key);
  }
  return {};
}

}  // namespace matview::app
