#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/clock.hpp"
#include "engine/sources/definition.hpp"
#include "engine/sources/relations.hpp"

namespace matview::engine {

std::string with_names(const ViewDefinition& definition, const std::string& sql) {
  const auto& columns = definition.columns;
  if (!definition.program.empty() || std::none_of(columns.begin(), columns.end(), [](const StoredColumn& column) {
        return holds_subquery(column.name);
      }))
    return sql;
  std::string names;
  for (const auto& column : columns) names += (names.empty() ? "" : ", ") + quote_identifier(column.name);
  return "SELECT * FROM (\n" + std::string(without_terminator(sql)) + "\n) AS matview_query(" + names + ")";
}

bool holds_subquery(std::string_view name) { return name.find("SELECT") != std::string_view::npos; }

Result<ExecutableQuery> build_query(Database& database, const ViewDefinition& definition, const SourceVector& states,
                                    const UpstreamLookup& upstream) {
  MATVIEW_ASSIGN(const auto syntax, analyze(database, definition.sql));
  MATVIEW_ASSIGN(const auto attachments, parse_attachments(definition.attachments));
  MATVIEW_ASSIGN(const auto references, pinned_references(definition, syntax, attachments, upstream));
  ExecutableQuery query;
  for (const auto& attachment : attachments)
    if (!attachment.is_lake) query.setup.push_back(attachment.statement());
  if (const auto time = clock_time(states))
    for (auto& macro : clock_macros(*time, "")) query.setup.push_back(std::move(macro));
  std::vector<std::string> replacements;
  for (const auto& reference : references) {
    if (reference.source >= states.size() && reference.resolved.kind != Resolved::Kind::other)
      return fail(ErrorCode::internal, "source '" + reference.resolved.name + "' is not on record");
    static const SourceState k_none;
    const auto& state = reference.source < states.size() ? states[reference.source] : k_none;
    MATVIEW_ASSIGN(auto relation, relation_of(database, reference, state, attachments));
    replacements.push_back(std::move(relation));
  }
  query.sql = with_names(definition,
                         std::string(without_terminator(substitute(definition.sql, syntax.references, replacements))));
  return query;
}

}  // namespace matview::engine
