#include "engine/refresh/source_version.hpp"

#include <fmt/format.h>

namespace matview::engine {

namespace {

/// Makes `decision` one that reads `version` of the one view or DuckLake table the definition reads.
Result<void> read_source_version(RefreshDecision& decision, const ViewDefinition& definition, std::int64_t version) {
  SourceState* versioned = nullptr;
  int count = 0;
  for (std::size_t i = 0; i < definition.sources.size() && i < decision.observed.size(); ++i)
    if (definition.sources[i].kind == "view" || definition.sources[i].kind == "ducklake") {
      versioned = &decision.observed[i];
      ++count;
    }
  if (count != 1)
    return fail(
        ErrorCode::usage,
        fmt::format("--src-version needs a view that reads one other view or one DuckLake table; this one reads {}",
                    count == 0 ? "none" : std::to_string(count)));
  if (versioned->version == version) return {};
  versioned->version = version;
  const bool same_definition = decision.action != RefreshDecision::Action::reinitialized;
  decision.changes = compare_sources(decision.recorded, decision.observed);
  if (decision.recorded.empty() || !same_definition) return {};
  decision.action = decision.changes.empty() ? RefreshDecision::Action::no_data : RefreshDecision::Action::full;
  decision.reason = decision.changes.empty() ? "sources unchanged" : decision.changes.front().to_string();
  return {};
}

}  // namespace

Result<RefreshDecision> decide(const EngineContext& context, const ViewRecord& view) {
  MATVIEW_ASSIGN(auto decision, decide_refresh(context.store, context.sources, view, context.program));
  if (context.program.source_version)
    MATVIEW_TRY(read_source_version(decision, view.definition, *context.program.source_version));
  return decision;
}

UpstreamLookup upstream_of(const EngineContext& context, const SourceVector& observed) {
  return context.program.source_version ? context.sources.upstream_at(observed) : context.sources.upstream();
}

}  // namespace matview::engine
