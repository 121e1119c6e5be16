#include "app/name_completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/known_views.hpp"
#include "engine/store/view_names.hpp"
#include "ledger/ledger.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

constexpr std::int64_t k_jobs = 100;

/// Where the profile's views are; null if it has no store.
const std::string* store_of(const config::Profile& profile) {
  const auto store = profile.settings.find("store");
  return store == profile.settings.end() || store->second.value.empty() ? nullptr : &store->second.value;
}

std::vector<KnownView> views_of(const config::Profile& profile, const Environment& environment) {
  const auto* store = store_of(profile);
  if (store == nullptr) return KnownViews(environment, profile.name).views();
  std::vector<KnownView> views;
  if (const auto names = engine::view_names(*store))
    for (const auto& view : *names) views.push_back({view.name, view.tags});
  return views;
}

}  // namespace

bool has_store(const ProviderInfo& info) {
  return std::find(info.settings.begin(), info.settings.end(), "store") != info.settings.end();
}

std::vector<Suggestion> suggest_views(const config::Config& config, const Environment& environment,
                                      std::string_view word) {
  std::vector<Suggestion> result;
  const auto colon = word.find(':');
  if (colon != std::string_view::npos) {
    const auto profile = config.profile(word.substr(0, colon));
    if (!profile) return {};
    for (const auto& view : views_of(**profile, environment))
      result.push_back({fmt::format("{}:{}", (*profile)->name, view.name)});
    return result;
  }
  const auto& in_use = config.default_profile();
  for (const auto& view : views_of(in_use, environment)) result.push_back({view.name});
  for (const auto& profile : config.profiles())
    if (profile.name != in_use.name) result.push_back({profile.name + ":", profile.provider});
  return result;
}

std::vector<Suggestion> suggest_selectors(const config::Config& config, const Environment& environment,
                                          std::string_view word) {
  const bool plus = word.starts_with('+');
  auto result = suggest_views(config, environment, plus ? word.substr(1) : word);
  for (auto& suggestion : result)
    if (plus) suggestion.word.insert(0, "+");
  return result;
}

std::vector<Suggestion> suggest_tags(const config::Config& config, const Environment& environment) {
  std::map<std::string, std::int64_t> tags;
  for (const auto& view : views_of(config.default_profile(), environment))
    for (const auto& tag : view.tags) ++tags[tag];
  std::vector<Suggestion> result;
  for (const auto& [tag, views] : tags) result.push_back({tag, support::count_noun(views, "view")});
  return result;
}

std::vector<Suggestion> suggest_profiles(const config::Config& config) {
  std::vector<Suggestion> result;
  for (const auto& profile : config.profiles()) result.push_back({profile.name, profile.provider});
  return result;
}

std::vector<Suggestion> suggest_jobs(const config::Config& config, const Environment& environment) {
  std::vector<Suggestion> result;
  const auto add = [&](const std::string& id, const std::string& view, std::string_view state) {
    result.push_back({id, view.empty() ? std::string(state) : fmt::format("{}, {}", view, state)});
  };
  const auto log = ledger::open_ledger(ledger::default_path(environment), [](auto text) { return std::string(text); });
  if (const auto records = log->records("", "", k_jobs))
    for (const auto& record : *records) add(record.job.id, record.job.view, to_string(record.job.state));
  if (const auto* store = store_of(config.default_profile()))
    if (const auto jobs = engine::job_names(*store, k_jobs))
      for (const auto& job : *jobs) add(job.id, job.view, job.state);
  return result;
}

}  // namespace matview::app
