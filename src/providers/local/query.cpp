#include "providers/local/query.hpp"

#include <fmt/format.h>

#include "engine/duckdb/types.hpp"
#include "engine/refresh/operation_database.hpp"
#include "support/json.hpp"

namespace matview::providers {

namespace {

using engine::EngineContext;
using engine::RunSources;

enum class CellKind { text, number, boolean, json };

bool is_nested(std::string_view type) {
  return type.ends_with(']') || type.starts_with("STRUCT(") || type.starts_with("MAP(") || type.starts_with("UNION(");
}

CellKind kind_of(const Column& column, bool json) {
  const std::string_view type = column.type;
  constexpr std::string_view k_numbers[] = {"TINYINT",   "SMALLINT", "INTEGER", "BIGINT",   "HUGEINT", "UTINYINT",
                                            "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT",   "DOUBLE"};
  if (type == "BOOLEAN") return CellKind::boolean;
  if (json && (is_nested(type) || type == "JSON")) return CellKind::json;
  if (type.ends_with(']')) return CellKind::text;
  if (type.starts_with("DECIMAL(") ||
      std::find(std::begin(k_numbers), std::end(k_numbers), type) != std::end(k_numbers))
    return CellKind::number;
  return CellKind::text;
}

/// Infinities and NaN are no JSON numbers.
bool is_finite_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

Value to_value(const std::optional<std::string>& cell, CellKind kind) {
  if (!cell) return {};
  switch (kind) {
    case CellKind::boolean: return *cell == "true";
    case CellKind::number:
      if (is_finite_number(*cell)) return Value::Number{*cell};
      break;
    case CellKind::json:
      if (auto parsed = support::parse_json(*cell)) return *std::move(parsed);
      break;
    case CellKind::text: break;
  }
  return *cell;
}

class QueryStream : public RowStream {
 public:
  QueryStream(engine::OperationDatabase database, std::unique_ptr<RunSources> sources,
              std::unique_ptr<engine::QueryResult> result, std::vector<Column> columns, bool json)
      : database_(std::move(database)),
        sources_(std::move(sources)),
        result_(std::move(result)),
        columns_(std::move(columns)) {
    for (const auto& column : columns_) kinds_.push_back(kind_of(column, json));
  }

  const std::vector<Column>& columns() const override { return columns_; }

  Result<bool> next(std::vector<Row>& batch) override {
    batch.clear();
    engine::TextRows rows;
    MATVIEW_ASSIGN(const bool more, result_->next(rows));
    for (const auto& cells : rows) {
      auto& row = batch.emplace_back();
      row.reserve(cells.size());
      for (std::size_t i = 0; i < cells.size(); ++i) row.push_back(to_value(cells[i], kinds_[i]));
    }
    return more;
  }

 private:
  // Destroyed from the last to the first: the running result before its database, the pins after both.
  engine::OperationDatabase database_;
  std::unique_ptr<RunSources> sources_;
  std::unique_ptr<engine::QueryResult> result_;
  std::vector<Column> columns_;
  std::vector<CellKind> kinds_;
};

/// The query with nested columns as JSON text. Columns are taken by position: a result may have a name twice.
std::string with_nested_json(const std::string& sql, const std::vector<Column>& columns) {
  std::string names;
  std::string list;
  bool any = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto name = fmt::format("c{}", i);
    names += (i ? ", " : "") + name;
    const bool nested = kind_of(columns[i], true) == CellKind::json;
    any = any || nested;
    list += fmt::format("{}{}", i ? ", " : "", nested ? fmt::format("CAST(to_json({}) AS VARCHAR)", name) : name);
  }
  return any ? fmt::format("SELECT {} FROM ({}) AS q({})", list, sql, names) : sql;
}

/// Reads the one view of the query at `version` and every other name as usual.
engine::UpstreamLookup at_version(RunSources& sources, std::optional<std::int64_t> version) {
  if (!version) return sources.upstream();
  return [&sources, version](std::string_view name) -> Result<std::optional<engine::UpstreamView>> {
    engine::SourceState state;
    state.source = name;
    state.version = version;
    return sources.upstream_at({state})(name);
  };
}

}  // namespace

Result<std::unique_ptr<RowStream>> run_query(const EngineContext& context, const QueryRequest& request,
                                             engine::ViewDefinition definition, Control& control) {
  // The stream outlives this call, and with it what it has pinned.
  auto sources = std::make_unique<RunSources>(context.store);
  const auto lookup = at_version(*sources, request.version);
  auto needs = engine::database_needs(definition);
  needs.order = engine::RowOrder::kept;  // people look at them
  MATVIEW_ASSIGN(auto opened, engine::open_database(context, needs));
  auto& database = *opened.database;
  MATVIEW_ASSIGN(const auto bound, engine::bind_definition(database, definition, lookup));
  if (request.version && bound.depends_on.size() != 1)
    return fail(Error(ErrorCode::usage, fmt::format("--version needs a query that reads one view; this one reads {}",
                                                    bound.depends_on.size())));
  definition.sources = bound.sources;
  definition.depends_on = bound.depends_on;
  MATVIEW_ASSIGN(const auto states, engine::observe_sources(definition, lookup));
  MATVIEW_ASSIGN(const auto query, engine::build_query(database, definition, states, lookup));
  for (const auto& statement : query.setup) MATVIEW_TRY(database.execute(statement));
  const auto sql = request.json ? with_nested_json(query.sql, bound.columns) : query.sql;
  MATVIEW_ASSIGN(auto result, database.stream(sql, control));
  return std::make_unique<QueryStream>(std::move(opened), std::move(sources), std::move(result), bound.columns,
                                       request.json);
}

}  // namespace matview::providers
