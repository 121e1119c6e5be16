#include "providers/memory/graph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace matview::providers::memory {

namespace {

/// What changed in the upstream view `name` since `view` was refreshed; empty if nothing.
std::string change(const State& state, const StoredView& view, const std::string& name) {
  if (view.versions.empty()) return {};
  const auto now = newest_version(state, name);
  const auto& read = view.versions.front().upstream;
  const auto then = read.find(name);
  if (!now || (then != read.end() && then->second == *now)) return {};
  if (then == read.end()) return fmt::format("version {} ({})", *now, name);
  return fmt::format("version {} -> {} ({})", then->second, *now, name);
}

}  // namespace

bool reads(const State& state, const std::string& name, const std::string& target) {
  if (name == target) return true;
  const auto found = state.views.find(name);
  if (found == state.views.end()) return false;
  return std::any_of(found->second.upstream.begin(), found->second.upstream.end(),
                     [&](const std::string& upstream) { return reads(state, upstream, target); });
}

std::vector<std::string> downstream(const State& state, const std::string& name) {
  std::vector<std::string> readers;
  for (const auto& [candidate, view] : state.views)
    if (std::find(view.upstream.begin(), view.upstream.end(), name) != view.upstream.end())
      readers.push_back(candidate);
  return readers;
}

std::optional<std::int64_t> newest_version(const State& state, const std::string& name) {
  const auto found = state.views.find(name);
  if (found == state.views.end() || found->second.versions.empty()) return std::nullopt;
  return found->second.versions.front().version.version;
}

std::string staleness(const State& state, const StoredView& view) {
  if (view.versions.empty()) return "never filled";
  if (view.versions.front().definition_version != view.definition_version) return "the definition was replaced";
  for (const auto& name : view.upstream)
    if (auto text = change(state, view, name); !text.empty()) return text;
  return {};
}

std::vector<Source> sources(const State& state, const StoredView& view) {
  std::vector<Source> result;
  for (const auto& name : view.upstream) {
    Source source;
    source.name = name;
    source.kind = "view";
    if (!view.versions.empty())
      if (const auto read = view.versions.front().upstream.find(name); read != view.versions.front().upstream.end())
        source.version = read->second;
    source.change = change(state, view, name);
    result.push_back(std::move(source));
  }
  return result;
}

}  // namespace matview::providers::memory
