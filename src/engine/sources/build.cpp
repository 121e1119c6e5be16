#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/attached.hpp"
#include "engine/sources/definition.hpp"
#include "engine/sources/resolve.hpp"

namespace matview::engine {

namespace {

bool same_columns(const std::vector<Column>& a, const std::vector<Column>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Column& x, const Column& y) { return x.name == y.name && x.type == y.type; });
}

Error changed_columns(const std::string& what) {
  return Error(ErrorCode::failed, what + " has other columns than when the view was defined")
      .with_hint("define the view anew with 'create --replace'");
}

/// Builds the query over one state of the sources.
class Builder {
 public:
  Builder(Database& database, const ViewDefinition& definition, const SourceVector& states,
          const UpstreamLookup& upstream)
      : database_(database), definition_(definition), states_(states), upstream_(upstream) {}

  Result<ExecutableQuery> build() {
    MATVIEW_ASSIGN(const auto syntax, analyze(database_, definition_.sql));
    MATVIEW_ASSIGN(attachments_, parse_attachments(definition_.attachments));
    ExecutableQuery query;
    for (const auto& attachment : attachments_)
      if (!attachment.is_lake) query.setup.push_back(attachment.statement());
    std::vector<std::string> replacements;
    for (const auto& reference : syntax.references) {
      MATVIEW_ASSIGN(const auto resolved, resolve_pinned(reference));
      MATVIEW_ASSIGN(auto relation, relation_for(reference, resolved));
      replacements.push_back(std::move(relation));
    }
    query.sql = without_terminator(substitute(definition_.sql, syntax.references, replacements));
    return query;
  }

 private:
  /// A name that was files or a view at `create` is still that, whatever has been made since.
  Result<Resolved> resolve_pinned(const Reference& reference) {
    const UpstreamLookup known = [&](std::string_view name) -> Result<std::optional<UpstreamView>> {
      for (const auto& source : definition_.sources)
        if (source.kind == "view" && fold_case(source.name) == fold_case(name)) {
          MATVIEW_ASSIGN(auto view, upstream_(name));
          if (!view) return fail(ErrorCode::failed, "view '" + source.name + "' is gone");
          return view;
        }
      return std::optional<UpstreamView>();
    };
    return resolve(reference, definition_, attachments_, known);
  }

  struct Found {
    Pinned pinned;
    const SourceState* state = nullptr;
  };

  Result<Found> find(const Resolved& resolved) {
    const auto kind = to_string(resolved.kind);
    for (std::size_t i = 0; i < definition_.sources.size() && i < states_.size(); ++i) {
      const auto& source = definition_.sources[i];
      if (source.kind != kind || fold_case(source.name) != fold_case(resolved.name)) continue;
      MATVIEW_ASSIGN(auto pinned, pinned_from_json(source.pinned));
      return Found{std::move(pinned), &states_[i]};
    }
    return fail(ErrorCode::internal, "source '" + resolved.name + "' is not on record");
  }

  Result<std::string> relation_for(const Reference& reference, const Resolved& resolved) {
    if (resolved.kind == Resolved::Kind::other) return std::string();
    MATVIEW_ASSIGN(const auto found, find(resolved));
    switch (resolved.kind) {
      case Resolved::Kind::files: return files_relation(reference, *resolved.call, found);
      case Resolved::Kind::view: return view_relation(reference, resolved, found);
      case Resolved::Kind::ducklake: return lake_relation(reference, found);
      default: return std::string();
    }
  }

  Result<std::string> files_relation(const Reference& reference, const FileCall& call, const Found& found) {
    for (const auto& use : found.pinned.uses)
      if (use.call == call.key())
        return file_relation(database_, call, use, found.state->files, !reference.alias.empty());
    return fail(ErrorCode::internal, "this use of '" + call.name() + "' is not on record");
  }

  Result<std::string> view_relation(const Reference& reference, const Resolved& resolved, const Found& found) {
    const auto& view = *resolved.view;
    if (found.state->version && *found.state->version != view.version)
      return fail(Error(ErrorCode::conflict, "view '" + resolved.name + "' was refreshed meanwhile").with_retryable());
    MATVIEW_ASSIGN(const auto columns, database_.describe(view.select_sql));
    if (!same_columns(columns, found.pinned.columns)) return fail(changed_columns("view '" + resolved.name + "'"));
    return subquery(view.select_sql, reference, resolved.table);
  }

  Result<std::string> lake_relation(const Reference& reference, const Found& found) {
    const auto* attachment = find_attachment(attachments_, found.pinned.attachment);
    MATVIEW_ASSIGN(const auto table, lake_table(*attachment, found.pinned, found.state->version));
    if (!same_columns(table.columns, found.pinned.columns))
      return fail(changed_columns("table '" + found.state->source + "'"));
    return subquery(table.select_sql, reference, found.pinned.table);
  }

  static std::string subquery(const std::string& sql, const Reference& reference, const std::string& name) {
    return "(" + sql + ")" + (reference.alias.empty() ? " AS " + quote_identifier(name) : "");
  }

  Database& database_;
  const ViewDefinition& definition_;
  const SourceVector& states_;
  const UpstreamLookup& upstream_;
  std::vector<Attachment> attachments_;
};

}  // namespace

Result<ExecutableQuery> build_query(Database& database, const ViewDefinition& definition, const SourceVector& states,
                                    const UpstreamLookup& upstream) {
  return Builder(database, definition, states, upstream).build();
}

}  // namespace matview::engine
