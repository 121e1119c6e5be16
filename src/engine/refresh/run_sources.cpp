#include "engine/refresh/run_sources.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unordered_map>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/clock.hpp"
#include "engine/sources/retained.hpp"
#include "engine/store/relation_sql.hpp"

namespace matview::engine {

namespace {

/// What makes two sources of different views the same thing to look at.
std::string observation_key(const PinnedSource& source, const ViewDefinition& definition) {
  return fmt::format("{}\n{}\n{}\n{}\n{}", source.kind, source.name, source.pinned, definition.base_dir,
                     fmt::join(definition.attachments, "\n"));
}

}  // namespace

std::string select_of(const PinnedVersion& pinned) { return rows_sql(pinned.files, pinned.version.columns); }

void RunSources::reset() {
  const auto held = hold();
  memory_->observed.clear();
  memory_->upstream.clear();
  memory_->made.clear();
  memory_->pins.clear();
  memory_->time.reset();
  memory_->growths.clear();
}

void RunSources::forget_view(std::string_view name) {
  const auto held = hold();
  // Its pin stays until the end of the run: a relation built from it may still be running in another thread.
  memory_->upstream.erase(fold_case(name));
  memory_->made.erase(fold_case(name));
}

void RunSources::note_version(std::string_view name, std::int64_t version) {
  const auto held = hold();
  const auto key = fold_case(name);
  memory_->made[key] = version;
  // As above.
  if (const auto known = memory_->upstream.find(key);
      known != memory_->upstream.end() && known->second.version != version)
    memory_->upstream.erase(known);
}

void RunSources::look_again() {
  const auto held = hold();
  memory_->observed.clear();
}

void RunSources::note_touches(const std::vector<FileTouch>& touches) {
  std::unordered_multimap<std::uint64_t, const FileTouch*> by_inode;
  for (const auto& touch : touches) by_inode.emplace(touch.before.inode, &touch);
  const auto note = [&](FileState& file) {
    // One touch may go on from another.
    bool moved = true;
    for (std::size_t i = 0; moved && i < touches.size(); ++i) {
      moved = false;
      const auto [first, last] = by_inode.equal_range(file.inode);
      for (auto each = first; each != last && !moved; ++each) {
        const auto& [before, ctime_ns] = *each->second;
        moved = same_file(before, file) && before.ctime_ns == file.ctime_ns && ctime_ns != before.ctime_ns;
        if (moved) file.ctime_ns = ctime_ns;
      }
    }
  };
  const auto held = hold();
  for (auto& [key, state] : memory_->observed)
    for (auto& file : state.files) note(file);
}

Result<Growth> RunSources::growth_of(const FileState& file, std::int64_t before) {
  const auto key =
      fmt::format("{} {} {} {} {} {}", file.device, file.inode, file.size, file.mtime_ns, before, file.path);
  {
    const auto held = hold();
    if (const auto known = memory_->growths.find(key); known != memory_->growths.end()) return known->second;
  }
  MATVIEW_ASSIGN(auto growth, measure_growth(file.path, before));
  const auto held = hold();
  memory_->growths[key] = growth;
  return growth;
}

Result<SourceVector> RunSources::observe(const ViewDefinition& definition) {
  const auto held = hold();
  auto& known = memory_->observed;
  SourceVector states;
  states.reserve(definition.sources.size());
  for (const auto& source : definition.sources) {
    if (source.kind == k_clock_kind) {
      if (!memory_->time) memory_->time = store_.now();
      states.push_back(clock_state(*memory_->time));
      continue;
    }
    // Views are remembered by `upstream`, whose entries change within the run when a view is refreshed.
    const bool remember = source.kind != "view";
    const auto key = remember ? observation_key(source, definition) : std::string();
    if (const auto found = known.find(key); remember && found != known.end()) {
      states.push_back(found->second);
      continue;
    }
    ViewDefinition single = definition;
    single.sources = {source};
    MATVIEW_ASSIGN(auto observed, observe_sources(single, upstream()));
    if (remember) known.emplace(key, observed.front());
    states.push_back(std::move(observed.front()));
  }
  return states;
}

UpstreamLookup RunSources::upstream() {
  return [this](std::string_view name) -> Result<std::optional<UpstreamView>> {
    const auto held = hold();
    const auto key = fold_case(name);
    if (const auto found = memory_->upstream.find(key); found != memory_->upstream.end()) return found->second;
    MATVIEW_ASSIGN(auto view, find_for_run(name, key));
    if (view) memory_->upstream.emplace(key, *view);
    return view;
  };
}

UpstreamLookup RunSources::upstream_at(const SourceVector& states) {
  std::map<std::string, std::int64_t, std::less<>> versions;
  for (const auto& state : states)
    if (state.version) versions.emplace(fold_case(state.source), *state.version);
  return [this, versions](std::string_view name) -> Result<std::optional<UpstreamView>> {
    const auto found = versions.find(fold_case(name));
    return find_upstream(name, found == versions.end() ? std::nullopt : std::optional(found->second));
  };
}

Result<std::optional<UpstreamView>> RunSources::find_for_run(std::string_view name, const std::string& key) {
  if (const auto made = memory_->made.find(key); made != memory_->made.end()) {
    auto view = find_upstream(name, made->second);
    // Another process may have made so many versions since that this one has expired.
    if (view || view.error().code != ErrorCode::not_found) return view;
  }
  return find_upstream(name, std::nullopt);
}

Result<std::optional<UpstreamView>> RunSources::find_upstream(std::string_view name,
                                                              std::optional<std::int64_t> version) {
  MATVIEW_ASSIGN(const auto record, store_.find_view(name));
  if (!record) return std::nullopt;
  if (!record->current) {
    UpstreamView view;
    view.view_id = record->view_id;
    view.select_sql = empty_select(record->definition.columns);
    return view;
  }
  MATVIEW_ASSIGN(const auto pinned, store_.pin(record->definition.name, version));
  UpstreamView view;
  view.view_id = record->view_id;
  view.version = pinned.version.version;
  view.select_sql = select_of(pinned);
  view.rows = pinned.version.rows;
  view.bytes = pinned.version.bytes;
  view.files = pinned.files;
  view.columns = pinned.version.columns;
  const auto held = hold();
  memory_->pins.push_back(pinned.pin);
  return view;
}

}  // namespace matview::engine
