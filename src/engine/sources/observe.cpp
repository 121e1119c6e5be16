#include "engine/sources/attached.hpp"
#include "engine/sources/definition.hpp"
#include "engine/sources/listing.hpp"
#include "engine/sources/resolve.hpp"

namespace matview::engine {

namespace {

Result<SourceState> observe(const PinnedSource& source, const ViewDefinition& definition,
                            const std::vector<Attachment>& attachments, const UpstreamLookup& upstream) {
  MATVIEW_ASSIGN(const auto pinned, pinned_from_json(source.pinned));
  SourceState state;
  state.source = source.name;
  if (source.kind == "files") {
    std::vector<std::string> patterns;
    for (const auto& pattern : pinned.patterns) patterns.push_back(absolute_pattern(pattern, definition.base_dir));
    MATVIEW_ASSIGN(state.files, list_files(patterns));
    return state;
  }
  if (source.kind == "view") {
    MATVIEW_ASSIGN(const auto view, upstream(pinned.table));
    if (!view) return fail(ErrorCode::failed, "view '" + source.name + "', which this one reads, is gone");
    state.version = view->version;
    state.object_id = std::to_string(view->view_id);
    return state;
  }
  const auto* attachment = find_attachment(attachments, pinned.attachment);
  if (!attachment) return fail(ErrorCode::internal, "attachment '" + pinned.attachment + "' is not on record");
  if (source.kind == "duckdb") {
    MATVIEW_ASSIGN(state.files, attached_files(*attachment));
    return state;
  }
  MATVIEW_ASSIGN(const auto table, lake_table(*attachment, pinned, {}));
  state.version = table.changed_snapshot;
  state.object_id = table.uuid;
  return state;
}

}  // namespace

Result<SourceVector> observe_sources(const ViewDefinition& definition, const UpstreamLookup& upstream) {
  MATVIEW_ASSIGN(const auto attachments, parse_attachments(definition.attachments));
  SourceVector states;
  for (const auto& source : definition.sources) {
    MATVIEW_ASSIGN(auto state, observe(source, definition, attachments, upstream));
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace matview::engine
