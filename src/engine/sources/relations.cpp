#include "engine/sources/relations.hpp"

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/attached.hpp"

namespace matview::engine {

namespace {

Error changed_columns(const std::string& what) {
  return Error(ErrorCode::failed, what + " has other columns than when the view was defined")
      .with_hint("define the view anew with 'create --replace'");
}

UpstreamLookup pinned_views(const ViewDefinition& definition, const UpstreamLookup& upstream) {
  return [&definition, &upstream](std::string_view name) -> Result<std::optional<UpstreamView>> {
    for (const auto& source : definition.sources)
      if (source.kind == "view" && fold_case(source.name) == fold_case(name)) {
        MATVIEW_ASSIGN(auto view, upstream(name));
        if (!view) return fail(ErrorCode::failed, "view '" + source.name + "' is gone");
        return view;
      }
    return std::optional<UpstreamView>();
  };
}

/// Finds the source on record, and the use of it.
Result<void> find_pins(PinnedReference& found, const ViewDefinition& definition) {
  const auto& resolved = found.resolved;
  const auto kind = to_string(resolved.kind);
  const auto& sources = definition.sources;
  const auto source = std::find_if(sources.begin(), sources.end(), [&](const PinnedSource& each) {
    return each.kind == kind && fold_case(each.name) == fold_case(resolved.name);
  });
  if (source == sources.end()) return fail(ErrorCode::internal, "source '" + resolved.name + "' is not on record");
  found.source = static_cast<std::size_t>(source - sources.begin());
  MATVIEW_ASSIGN(found.pinned, pinned_from_json(source->pinned));
  if (!resolved.call) return {};
  const auto& uses = found.pinned.uses;
  const auto use =
      std::find_if(uses.begin(), uses.end(), [&](const FileUse& each) { return each.call == resolved.call->key(); });
  if (use == uses.end())
    return fail(ErrorCode::internal, "this use of '" + resolved.call->name() + "' is not on record");
  found.use = static_cast<std::size_t>(use - uses.begin());
  return {};
}

std::string subquery(const std::string& sql, const PinnedReference& reference, const std::string& name) {
  return "(" + sql + ")" + (reference.reference.alias.empty() ? " AS " + quote_identifier(name) : "");
}

/// Columns that came since are none that the query asks for.
std::string pinned_rows(const std::string& sql, const std::vector<Column>& columns, const PinnedReference& reference) {
  const auto& pinned = reference.pinned.columns;
  return same_columns(columns, pinned) ? sql : select_columns(pinned, "(" + sql + ")");
}

Result<std::string> view_relation(Database& database, const PinnedReference& reference, const SourceState& state) {
  const auto& view = *reference.resolved.view;
  const auto& name = reference.resolved.name;
  if (state.version && *state.version != view.version)
    return fail(Error(ErrorCode::conflict, "view '" + name + "' was refreshed meanwhile").with_retryable());
  MATVIEW_ASSIGN(const auto columns, database.describe(view.select_sql));
  if (!has_columns(columns, reference.pinned.columns)) return fail(changed_columns("view '" + name + "'"));
  return subquery(pinned_rows(view.select_sql, columns, reference), reference, reference.resolved.table);
}

Result<std::string> lake_relation(const PinnedReference& reference, const SourceState& state,
                                  const std::vector<Attachment>& attachments) {
  const auto* attachment = find_attachment(attachments, reference.pinned.attachment);
  MATVIEW_ASSIGN(const auto table, lake_table(*attachment, reference.pinned, state.version));
  if (!has_columns(table.columns, reference.pinned.columns))
    return fail(changed_columns("table '" + state.source + "'"));
  return subquery(pinned_rows(table.select_sql, table.columns, reference), reference, reference.pinned.table);
}

}  // namespace

const std::vector<Column>& PinnedReference::columns() const {
  return resolved.kind == Resolved::Kind::files ? pinned.uses[use].columns : pinned.columns;
}

std::string PinnedReference::name() const {
  if (!reference.alias.empty()) return reference.alias;
  if (!resolved.call) return reference.name;
  return resolved.call->alias.empty() ? resolved.call->function : resolved.call->alias;
}

Result<std::vector<PinnedReference>> pinned_references(const ViewDefinition& definition, const Syntax& syntax,
                                                       const std::vector<Attachment>& attachments,
                                                       const UpstreamLookup& upstream) {
  const auto known = pinned_views(definition, upstream);
  std::vector<PinnedReference> references;
  for (const auto& reference : syntax.references) {
    PinnedReference found;
    found.reference = reference;
    MATVIEW_ASSIGN(found.resolved, resolve(reference, definition, attachments, known));
    if (found.resolved.kind != Resolved::Kind::other) MATVIEW_TRY(find_pins(found, definition));
    references.push_back(std::move(found));
  }
  return references;
}

Result<std::string> relation_of(Database& database, const PinnedReference& reference, const SourceState& state,
                                const std::vector<Attachment>& attachments) {
  switch (reference.resolved.kind) {
    case Resolved::Kind::files:
      return file_relation(database, *reference.resolved.call, reference.pinned.uses[reference.use], state.files,
                           !reference.reference.alias.empty());
    case Resolved::Kind::view: return view_relation(database, reference, state);
    case Resolved::Kind::ducklake: return lake_relation(reference, state, attachments);
    default: return std::string();
  }
}

Result<std::string> rows_of(Database& database, const PinnedReference& reference, const SourceState& state,
                            const std::vector<Attachment>& attachments) {
  if (reference.resolved.kind == Resolved::Kind::duckdb) {
    const auto& pinned = reference.pinned;
    return select_columns(pinned.columns, quote_identifier(pinned.attachment) + "." + quote_identifier(pinned.schema) +
                                              "." + quote_identifier(pinned.table));
  }
  MATVIEW_ASSIGN(const auto relation, relation_of(database, reference, state, attachments));
  return select_columns(reference.columns(), relation);
}

std::string select_columns(const std::vector<Column>& columns, const std::string& relation) {
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + quote_identifier(column.name);
  return "SELECT " + list + " FROM " + relation;
}

}  // namespace matview::engine
