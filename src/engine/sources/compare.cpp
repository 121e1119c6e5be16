#include <algorithm>
#include <cctype>

#include "engine/sources/clock.hpp"
#include "engine/sources/definition.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::engine {

namespace {

/// Both lists are sorted by path.
void compare_files(const std::vector<FileState>& before, const std::vector<FileState>& after, SourceChange& change) {
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && old->path < now->path)) {
      ++change.removed;
      ++old;
    } else if (old == before.end() || now->path < old->path) {
      ++change.added;
      ++now;
    } else {
      if (*old != *now) ++change.rewritten;
      ++old;
      ++now;
    }
  }
}

/// The object of a view is a number, that of a DuckLake table a UUID.
bool is_view(const SourceState& state) {
  return !state.object_id.empty() &&
         std::all_of(state.object_id.begin(), state.object_id.end(), [](unsigned char c) { return std::isdigit(c); });
}

}  // namespace

std::vector<SourceChange> compare_sources(const SourceVector& before, const SourceVector& after) {
  std::vector<SourceChange> changes;
  const auto find = [](const SourceVector& states, const std::string& name) {
    static const SourceState k_none;
    const auto found =
        std::find_if(states.begin(), states.end(), [&](const auto& state) { return state.source == name; });
    return found == states.end() ? k_none : *found;
  };
  const auto compare = [&](const SourceState& old, const SourceState& now, const std::string& name) {
    if (old == now) return;
    SourceChange change;
    change.source = name;
    compare_files(old.files, now.files, change);
    if (now.object_id == k_clock_kind && old.version && now.version) {
      change.clock.emplace(*old.version, *now.version);
    } else if (old.version || now.version) {
      // A view or table that was made anew has nothing to do with the old one of its name.
      const bool same_object = old.object_id == now.object_id || old.object_id.empty() || now.object_id.empty();
      change.versions.emplace(same_object ? old.version.value_or(0) : 0, now.version.value_or(0));
    }
    change.upstream = is_view(now) || is_view(old);
    changes.push_back(std::move(change));
  };
  for (const auto& state : after) compare(find(before, state.source), state, state.source);
  for (const auto& state : before)
    if (find(after, state.source).source.empty()) compare(state, SourceState{state.source, {}, {}, ""}, state.source);
  return changes;
}

std::string SourceChange::to_string() const {
  std::vector<std::string> parts;
  const auto count = [&](std::int64_t number, std::string_view what) {
    if (number == 0) return;
    const auto subject = parts.empty() ? support::count_noun(number, "file") : support::human_count(number);
    parts.push_back(subject + " " + std::string(what));
  };
  count(added, "added");
  count(removed, "removed");
  count(rewritten, "rewritten");
  if (versions)
    parts.push_back("version " + std::to_string(versions->first) + " -> " + std::to_string(versions->second));
  const auto at = [](std::int64_t time) { return support::format_rfc3339(Time(Duration(time))); };
  if (clock) parts.push_back("the clock moved from " + at(clock->first) + " to " + at(clock->second));
  if (parts.empty()) parts.emplace_back("changed");
  return support::join(parts, ", ") + " (" + source + ")";
}

}  // namespace matview::engine
