#include "providers/postgres/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

// Asking for the text or the size of a view waits for its lock, which a plain refresh holds all the time it takes: then
// they are left out. A refresh is found by the lock it holds, since its text is shown to few.
constexpr const char* k_views = R"(
WITH locks AS MATERIALIZED (
  SELECT l.relation, l.pid, l.mode, l.granted FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_database b ON b.oid = l.database AND b.datname = pg_catalog.current_database()
  WHERE l.locktype = 'relation' AND l.mode IN ('ExclusiveLock', 'AccessExclusiveLock')
    AND l.pid <> pg_catalog.pg_backend_pid())
SELECT c.oid::bigint, n.nspname, c.relname, c.relispopulated,
  CASE WHEN held.pid IS NULL THEN pg_catalog.pg_get_viewdef(c.oid) END,
  CASE WHEN held.pid IS NULL THEN pg_catalog.pg_total_relation_size(c.oid) END,
  coalesce(t.spcname, ''),
  (SELECT json_agg(json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'comparable', y.typcategory <> 'G' AND y.typname NOT IN ('json', 'xml')) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  (SELECT json_agg(json_build_object('name', i.relname, 'definition', pg_catalog.pg_get_indexdef(x.indexrelid),
      'unique', x.indisunique, 'valid', x.indisvalid, 'covers_all', x.indpred IS NULL AND x.indexprs IS NULL)
      ORDER BY i.relname)
    FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid),
  running.value,
  CASE WHEN c.relispopulated AND c.reltuples >= 0 THEN c.reltuples::bigint END,
  pg_catalog.pg_get_userbyid(c.relowner), coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
LEFT JOIN LATERAL (SELECT l.pid FROM locks l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock'
    LIMIT 1) held ON true
LEFT JOIN LATERAL (SELECT json_build_object('pid', s.pid, 'user', s.usename, 'since',
      to_char(s.query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS value
    FROM locks l JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid
    WHERE l.relation = c.oid AND l.granted
      AND (s.query IS NULL OR s.query ~* '^\s*refresh\s' OR s.query = '<insufficient privilege>')
    LIMIT 1) running ON true
WHERE c.relkind = 'm'
  AND ($2 = '' OR (n.nspname = coalesce(nullif($1, ''), pg_catalog.current_schema()) AND c.relname = $2)))";

constexpr const char* k_edges = R"(
SELECT DISTINCT r.oid::bigint, rn.nspname, r.relname, r.relkind, s.oid::bigint, sn.nspname, s.relname, s.relkind
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid AND d.classid = 'pg_catalog.pg_rewrite'::regclass
JOIN pg_catalog.pg_class r ON r.oid = w.ev_class AND r.relkind IN ('m', 'v')
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
JOIN pg_catalog.pg_class s ON s.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND s.oid <> r.oid
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
WHERE rn.nspname NOT IN ('pg_catalog', 'information_schema'))";

std::optional<std::int64_t> number(const Rows::Cell& cell) {
  if (!cell) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(cell->data(), cell->data() + cell->size(), value);
  if (problem != std::errc() || end != cell->data() + cell->size()) return std::nullopt;
  return value;
}

Value json(const Rows::Cell& cell) {
  if (!cell) return {};
  return support::parse_json(*cell).value_or(Value());
}

StoredView read_view(const std::vector<Rows::Cell>& row, const std::string& current_schema) {
  StoredView view;
  view.oid = number(row[0]).value_or(0);
  view.name = {row[1].value_or(""), row[2].value_or("")};
  view.shown = shown_name(view.name, current_schema);
  view.populated = row[3] == "t";
  view.query = row[4].value_or("");
  // As the server writes it: a space in front, a semicolon behind.
  view.query.erase(0, view.query.find_first_not_of(" \n"));
  while (view.query.ends_with(';') || view.query.ends_with('\n')) view.query.pop_back();
  view.bytes = number(row[5]);
  view.tablespace = row[6].value_or("");
  const Value columns = json(row[7]);
  if (const auto* items = columns.if_array())
    for (const auto& item : *items) {
      const auto* name = item.at("name").if_string();
      const auto* type = item.at("type").if_string();
      if (name == nullptr || type == nullptr) continue;
      view.columns.push_back({*name, *type});
      if (item.at("comparable") == Value(false)) view.uncomparable.push_back(*name);
    }
  view.indexes = json(row[8]);
  view.running = json(row[9]);
  view.estimated_rows = number(row[10]);
  view.owner = row[11].value_or("");
  view.comment = row[12].value_or("");
  return view;
}

char kind_of(const Rows::Cell& cell) { return cell && !cell->empty() ? cell->front() : ' '; }

Edge read_edge(const std::vector<Rows::Cell>& row) {
  Edge edge;
  edge.reader = number(row[0]).value_or(0);
  edge.reader_name = {row[1].value_or(""), row[2].value_or("")};
  edge.reader_kind = kind_of(row[3]);
  edge.source = number(row[4]).value_or(0);
  edge.source_name = {row[5].value_or(""), row[6].value_or("")};
  edge.source_kind = kind_of(row[7]);
  return edge;
}

std::string kind_name(char kind) {
  switch (kind) {
    case 'm': return "view";
    case 'v': return "plain view";
    case 'f': return "foreign table";
    default: return "table";
  }
}

std::vector<std::string> sorted(std::set<std::string> names) { return {names.begin(), names.end()}; }

/// Follows edges from `oid` to materialized views, on through plain ones.
std::vector<std::string> reached(const Catalog& catalog, std::int64_t oid, bool upstream) {
  std::set<std::string> names;
  std::set<std::int64_t> seen;
  const std::function<void(std::int64_t)> visit = [&](std::int64_t at) {
    for (const auto& edge : catalog.edges) {
      if ((upstream ? edge.reader : edge.source) != at) continue;
      const auto next = upstream ? edge.source : edge.reader;
      const char kind = upstream ? edge.source_kind : edge.reader_kind;
      if (kind == 'm') names.insert(shown_name(upstream ? edge.source_name : edge.reader_name, catalog.current_schema));
      if (kind == 'v' && seen.insert(next).second) visit(next);
    }
  };
  visit(oid);
  return sorted(std::move(names));
}

}  // namespace

std::string StoredView::why_not_concurrently() const {
  if (!populated) return "it was never filled";
  const auto* items = indexes.if_array();
  bool unique = false;
  for (const auto& index : items == nullptr ? Value::Array() : *items) {
    if (index.at("unique") != Value(true) || index.at("valid") != Value(true)) continue;
    unique = true;
    if (index.at("covers_all") == Value(true)) return {};
  }
  return unique ? "its unique index is over expressions or some rows only" : "it has no unique index";
}

Result<Catalog> read_catalog(Connection& connection, const std::optional<QualifiedName>& only, Control& control) {
  Catalog catalog;
  MATVIEW_ASSIGN(const auto schema, connection.run("SELECT pg_catalog.current_schema()", {}, control));
  catalog.current_schema = schema.text(0);
  MATVIEW_ASSIGN(const auto views,
                 connection.run(k_views, {only ? only->schema : "", only ? only->name : ""}, control));
  for (const auto& row : views.rows) catalog.views.push_back(read_view(row, catalog.current_schema));
  std::sort(catalog.views.begin(), catalog.views.end(),
            [](const StoredView& a, const StoredView& b) { return a.shown < b.shown; });
  MATVIEW_ASSIGN(const auto edges, connection.run(k_edges, {}, control));
  for (const auto& row : edges.rows) catalog.edges.push_back(read_edge(row));
  return catalog;
}

Result<StoredView> find_view(Connection& connection, const std::string& name, Control& control) {
  MATVIEW_ASSIGN(const auto wanted, parse_name(name));
  MATVIEW_ASSIGN(auto catalog, read_catalog(connection, wanted, control));
  if (!catalog.views.empty()) return std::move(catalog.views.front());
  MATVIEW_ASSIGN(
      const auto other,
      connection.run("SELECT CASE c.relkind WHEN 'r' THEN 'a table' WHEN 'p' THEN 'a partitioned table' WHEN "
                     "'v' THEN 'a plain view' WHEN 'f' THEN 'a foreign table' ELSE 'something else' END FROM "
                     "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE "
                     "n.nspname = coalesce(nullif($1, ''), pg_catalog.current_schema()) AND c.relname = $2",
                     {wanted.schema, wanted.name}, control));
  const auto shown = support::strip_control(name);
  if (other.empty()) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", shown));
  return fail(ErrorCode::not_found, fmt::format("there is no materialized view '{}': it is {}", shown, other.text(0)));
}

std::vector<std::string> upstream_of(const Catalog& catalog, std::int64_t oid) { return reached(catalog, oid, true); }

std::vector<std::string> downstream_of(const Catalog& catalog, std::int64_t oid) {
  return reached(catalog, oid, false);
}

std::vector<std::string> readers_of(const Catalog& catalog, std::int64_t oid) {
  std::set<std::string> names;
  for (const auto& edge : catalog.edges)
    if (edge.source == oid) names.insert(shown_name(edge.reader_name, catalog.current_schema));
  return sorted(std::move(names));
}

std::vector<Source> sources_of(const Catalog& catalog, std::int64_t oid) {
  std::map<std::string, std::string> kinds;
  for (const auto& edge : catalog.edges)
    if (edge.reader == oid)
      kinds.emplace(shown_name(edge.source_name, catalog.current_schema), kind_name(edge.source_kind));
  std::vector<Source> sources;
  for (const auto& [name, kind] : kinds) {
    Source source;
    source.name = name;
    source.kind = kind;
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace matview::providers::postgres
