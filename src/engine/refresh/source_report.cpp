#include "engine/refresh/source_report.hpp"

namespace matview::engine {

std::vector<Source> report_sources(const ViewDefinition& definition, const SourceVector& observed,
                                   const SourceVector& recorded, const std::vector<SourceChange>& changes) {
  std::vector<Source> sources;
  for (std::size_t i = 0; i < definition.sources.size(); ++i) {
    Source source;
    source.name = definition.sources[i].name;
    source.kind = definition.sources[i].kind;
    // What is there now; where it could not be looked at, what was there at the last refresh.
    const SourceState* state = i < observed.size() ? &observed[i] : (i < recorded.size() ? &recorded[i] : nullptr);
    if (state && !state->files.empty()) {
      source.files = static_cast<std::int64_t>(state->files.size());
      source.bytes = 0;
      for (const auto& file : state->files) *source.bytes += file.size;
    }
    if (i < recorded.size()) source.version = recorded[i].version;
    for (const auto& change : changes)
      if (change.source == source.name) source.change = change.to_string();
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace matview::engine
