#include "engine/store/fields.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <span>
#include <utility>

#include "engine/duckdb/database.hpp"
#include "engine/lake/lake.hpp"
#include "engine/lake/type_text.hpp"
#include "engine/store/store.hpp"

namespace matview::engine {

namespace {

Result<std::string> type_name(const TypeText& type) {
  switch (type.kind) {
    case TypeText::Kind::list: return "list";
    case TypeText::Kind::structure: return "struct";
    case TypeText::Kind::map: return "map";
    default: return lake_type_name(to_string(type));
  }
}

/// One column and all below it, parents first, with ids counting up from `id`. DuckLake numbers fields in this order.
Result<void> flatten(const std::string& name, const TypeText& type, std::optional<std::int64_t> parent,
                     std::int64_t& id, std::vector<LakeColumn>& out) {
  MATVIEW_ASSIGN(std::string lake_type, type_name(type));
  const std::int64_t own = id++;
  out.push_back({own, 0, name, std::move(lake_type), parent});
  if (type.kind == TypeText::Kind::enumeration) return {};
  for (const TypeField& field : type.fields) MATVIEW_TRY(flatten(field.name, field.type, own, id, out));
  return {};
}

/// The columns of `all` from the top-level one at `index` up to the next top-level one.
std::span<const LakeColumn> tree_at(const std::vector<LakeColumn>& all, std::size_t index) {
  std::size_t end = index + 1;
  while (end < all.size() && all[end].parent) ++end;
  return std::span(all).subspan(index, end - index);
}

/// Whether two trees differ in nothing but ids and places.
bool same_shape(std::span<const LakeColumn> a, std::span<const LakeColumn> b) {
  if (a.size() != b.size()) return false;
  const auto parent_index = [](std::span<const LakeColumn> tree, const LakeColumn& column) {
    const auto found = std::find_if(tree.begin(), tree.end(), [&](const auto& c) { return c.id == column.parent; });
    return found - tree.begin();
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name || a[i].type != b[i].type) return false;
    if (i > 0 && parent_index(a, a[i]) != parent_index(b, b[i])) return false;
  }
  return true;
}

std::vector<FieldId> children_of(std::span<const LakeColumn> tree, std::int64_t parent) {
  std::vector<FieldId> fields;
  for (const LakeColumn& column : tree)
    if (column.parent == parent) fields.push_back({column.id, column.name, children_of(tree, column.id)});
  return fields;
}

void take_ids(const FieldId& field, std::vector<LakeColumn>& tree, std::size_t& index,
              std::optional<std::int64_t> parent) {
  LakeColumn& column = tree.at(index++);
  column.id = field.id;
  column.parent = parent;
  for (const FieldId& child : field.children) take_ids(child, tree, index, field.id);
}

std::size_t count(const FieldId& field) {
  std::size_t total = 1;
  for (const FieldId& child : field.children) total += count(child);
  return total;
}

std::string fields_sql(const std::vector<FieldId>& fields, std::string text) {
  for (const FieldId& field : fields) {
    if (text.size() > 1) text += ", ";
    text += quote_literal(field.name) + ": ";
    text += field.children.empty() ? std::to_string(field.id)
                                   : fields_sql(field.children, "{'__duckdb_field_id': " + std::to_string(field.id));
  }
  return text + "}";
}

}  // namespace

std::string field_ids_sql(const std::vector<FieldId>& fields) { return fields_sql(fields, "{"); }

std::vector<LakeColumn> current_columns(SQLite::Database& database, std::int64_t table_id) {
  SQLite::Statement query(database,
                          "SELECT column_id, column_order, column_name, column_type, parent_column FROM ducklake_column"
                          " WHERE table_id = ? AND end_snapshot IS NULL ORDER BY column_order");
  SQLite::bind(query, table_id);
  std::vector<LakeColumn> columns;
  while (query.executeStep()) {
    LakeColumn column{query.getColumn(0).getInt64(), query.getColumn(1).getInt64(), query.getColumn(2).getString(),
                      query.getColumn(3).getString(), std::nullopt};
    if (!query.getColumn(4).isNull()) column.parent = query.getColumn(4).getInt64();
    columns.push_back(std::move(column));
  }
  return columns;
}

Result<std::vector<FieldId>> assign_fields(const std::vector<StoredColumn>& columns,
                                           const std::vector<LakeColumn>& current, std::int64_t next_id) {
  std::vector<FieldId> fields;
  for (const StoredColumn& column : columns) {
    MATVIEW_ASSIGN(const TypeText type, parse_type(column.storage_type));
    std::vector<LakeColumn> wanted;
    std::int64_t id = next_id;
    MATVIEW_TRY(flatten(column.name, type, std::nullopt, id, wanted));
    std::span<const LakeColumn> tree = wanted;
    for (std::size_t i = 0; i < current.size(); ++i) {
      if (current[i].parent || current[i].name != column.name) continue;
      if (const auto existing = tree_at(current, i); same_shape(existing, wanted)) tree = existing;
    }
    if (tree.data() == wanted.data()) next_id = id;
    fields.push_back({tree[0].id, tree[0].name, children_of(tree, tree[0].id)});
  }
  return fields;
}

Result<std::vector<LakeColumn>> lake_columns(const std::vector<StoredColumn>& columns,
                                             const std::vector<FieldId>& fields) {
  std::vector<LakeColumn> all;
  if (columns.size() != fields.size()) return fail(ErrorCode::internal, "columns and field ids do not match");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    MATVIEW_ASSIGN(const TypeText type, parse_type(columns[i].storage_type));
    std::vector<LakeColumn> tree;
    std::int64_t id = 0;
    MATVIEW_TRY(flatten(columns[i].name, type, std::nullopt, id, tree));
    if (count(fields[i]) != tree.size()) return fail(ErrorCode::internal, "columns and field ids do not match");
    std::size_t index = 0;
    take_ids(fields[i], tree, index, std::nullopt);
    for (LakeColumn& column : tree) {
      column.order = static_cast<std::int64_t>(all.size()) + 1;
      all.push_back(std::move(column));
    }
  }
  return all;
}

std::int64_t next_field_id(const std::vector<LakeColumn>& columns, std::int64_t next_id) {
  for (const LakeColumn& column : columns) next_id = std::max(next_id, column.id + 1);
  return next_id;
}

void write_columns(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot,
                   const std::vector<LakeColumn>& current, const std::vector<LakeColumn>& wanted) {
  SQLite::Statement end(database,
                        "UPDATE ducklake_column SET end_snapshot = ?"
                        " WHERE table_id = ? AND column_id = ? AND end_snapshot IS NULL");
  for (const LakeColumn& column : current) {
    if (std::find(wanted.begin(), wanted.end(), column) != wanted.end()) continue;
    SQLite::bind(end, snapshot, table_id, column.id);
    end.exec();
    end.reset();
  }
  SQLite::Statement add(database,
                        "INSERT INTO ducklake_column(column_id, begin_snapshot, end_snapshot, table_id, column_order,"
                        " column_name, column_type, initial_default, default_value, nulls_allowed, parent_column,"
                        " default_value_type, default_value_dialect)"
                        " VALUES (?, ?, NULL, ?, ?, ?, ?, NULL, 'NULL', 1, ?, ?, 'duckdb')");
  for (const LakeColumn& column : wanted) {
    if (std::find(current.begin(), current.end(), column) != current.end()) continue;
    const bool nested = column.type == "list" || column.type == "struct" || column.type == "map";
    SQLite::bind(add, column.id, snapshot, table_id, column.order, column.name, column.type);
    if (column.parent)
      add.bind(7, *column.parent);
    else
      add.bind(7);
    add.bind(8, nested ? "" : "literal");
    add.exec();
    add.reset();
  }
}

std::optional<std::int64_t> field_id_of(const std::vector<FieldId>& fields, const std::vector<std::string>& path) {
  const std::vector<FieldId>* level = &fields;
  std::optional<std::int64_t> id;
  for (const std::string& name : path) {
    const auto found = std::find_if(level->begin(), level->end(), [&](const FieldId& f) { return f.name == name; });
    if (found == level->end()) return std::nullopt;
    id = found->id;
    level = &found->children;
  }
  return id;
}

}  // namespace matview::engine
