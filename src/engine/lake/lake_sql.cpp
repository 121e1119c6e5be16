#include "engine/lake/lake_sql.hpp"

#include <algorithm>

#include "engine/duckdb/database.hpp"
#include "engine/lake/lake.hpp"

namespace matview::engine {

namespace {

// The field id DuckLake gives to the snapshot that a row of a merged file belongs to.
constexpr std::int64_t k_snapshot_field_id = 2147483539;

std::string blob_sql(const std::string& value) {
  constexpr char k_digits[] = "0123456789ABCDEF";
  std::string text = "'";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    text += {'\\', 'x', k_digits[byte >> 4], k_digits[byte & 15]};
  }
  return text + "'::BLOB";
}

std::string cast_sql(const std::string& expression, const std::string& type) {
  return "CAST(" + expression + " AS " + type + ")";
}

/// A column with its DuckDB type, and the name it has inside of our SQL, where no name of the user's can collide.
struct Output {
  const LakeField* field;
  std::string type;
  std::string inner;
};

/// Joins "expression AS name" of all outputs.
template <typename Expression>
std::string select_list(const std::vector<Output>& outputs, Expression&& expression) {
  std::string list;
  for (const Output& output : outputs)
    list += (list.empty() ? "" : ", ") + expression(output) + " AS " + quote_identifier(output.field->name);
  return list;
}

std::string default_sql(const LakeField& field) {
  return field.initial_default ? quote_literal(*field.initial_default) : std::string("NULL");
}

std::string schema_sql(const std::vector<Output>& outputs, bool with_snapshot) {
  std::string text = "MAP {";
  const auto add = [&](std::int64_t id, const std::string& name, const std::string& type, const std::string& value) {
    text += (text.ends_with('{') ? "" : ", ") + std::to_string(id) + ": {'name': " + quote_literal(name) +
            ", 'type': " + quote_literal(type) + ", 'default_value': CAST(" + value + " AS VARCHAR)}";
  };
  for (const Output& output : outputs) add(output.field->id, output.inner, output.type, default_sql(*output.field));
  if (with_snapshot) add(k_snapshot_field_id, "s", "BIGINT", "NULL");
  return text + "}";
}

std::string where_sql(const std::vector<std::string>& conditions) {
  std::string text;
  for (const std::string& condition : conditions) text += (text.empty() ? " WHERE " : " AND ") + condition;
  return text;
}

std::string file_select(const std::vector<Output>& outputs, const LakeFileRows& rows) {
  const bool with_snapshot = rows.file->partial;
  return "SELECT " + select_list(outputs, [](const Output& output) { return output.inner; }) + " FROM read_parquet([" +
         quote_literal(rows.file->path) + "], schema = " + schema_sql(outputs, with_snapshot) + ")" +
         where_sql(rows.conditions);
}

std::string plain_files_select(const std::vector<Output>& outputs, const std::vector<const LakeDataFile*>& files) {
  std::string paths;
  for (const LakeDataFile* file : files) paths += (paths.empty() ? "" : ", ") + quote_literal(file->path);
  return "SELECT " + select_list(outputs, [](const Output& output) { return output.inner; }) + " FROM read_parquet([" +
         paths + "], schema = " + schema_sql(outputs, false) + ")";
}

/// A file without field ids: its columns by name. Values of partition columns come from its path.
std::string mapped_file_select(const std::vector<Output>& outputs, const LakeFileRows& rows) {
  const LakeDataFile& file = *rows.file;
  bool partitioned = false;
  const auto expression = [&](const Output& output) {
    for (const LakeNameMapping& mapping : *file.mapping)
      if (mapping.field_id == output.field->id) {
        partitioned = partitioned || mapping.is_partition;
        return cast_sql(quote_identifier(mapping.source), output.type);
      }
    return cast_sql(default_sql(*output.field), output.type);
  };
  const std::string list = select_list(outputs, expression);
  return "SELECT " + list + " FROM read_parquet([" + quote_literal(file.path) +
         "], hive_partitioning = " + (partitioned ? "true, hive_types_autocast = false" : "false") +
         ", file_row_number = true)" + where_sql(rows.conditions);
}

std::string cell_sql(const std::optional<std::string>& cell, bool is_blob) {
  if (!cell) return "NULL";
  if (is_blob) return blob_sql(*cell);
  // DuckDB's parser stops at a zero byte.
  if (cell->find('\0') != std::string::npos) return "decode(" + blob_sql(*cell) + ")";
  return quote_literal(*cell);
}

bool same_shape(const LakeField& a, const LakeField& b) {
  if (a.children.size() != b.children.size() || a.id != b.id) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i)
    if (a.children[i].name != b.children[i].name || !same_shape(a.children[i], b.children[i])) return false;
  return true;
}

Result<std::string> inlined_select(const std::vector<Output>& outputs, const LakeInlinedRows& inlined) {
  std::string values;
  for (const auto& row : inlined.rows) {
    values += values.empty() ? "(" : ", (";
    for (std::size_t i = 0; i < row.size(); ++i) values += (i > 0 ? ", " : "") + cell_sql(row[i], inlined.is_blob[i]);
    values += ")";
  }
  std::string names;
  for (std::size_t i = 0; i < inlined.columns.size(); ++i) names += (i > 0 ? ", v" : "v") + std::to_string(i);
  std::string list;
  for (const Output& output : outputs) {
    std::string expression = cast_sql(default_sql(*output.field), output.type);
    for (std::size_t i = 0; i < inlined.columns.size(); ++i) {
      const LakeField& column = inlined.columns[i];
      if (column.id != output.field->id) continue;
      if (!same_shape(column, *output.field))
        return fail(ErrorCode::unsupported, "the fields of column '" + output.field->name +
                                                "' were altered while rows of it were in the catalog");
      // By way of the type the row was written with: 1.1 as FLOAT is another number than as DOUBLE.
      MATVIEW_ASSIGN(const std::string then, duckdb_type(column));
      expression = cast_sql(cast_sql("v" + std::to_string(i), then), output.type);
    }
    list += (list.empty() ? "" : ", ") + expression + " AS " + quote_identifier(output.field->name);
  }
  return "SELECT " + list + " FROM (VALUES " + values + ") AS inlined(" + names + ")";
}

}  // namespace

Result<std::string> duckdb_type(const LakeField& field) {
  if (field.type == "list" && field.children.size() == 1) {
    MATVIEW_ASSIGN(const std::string element, duckdb_type(field.children[0]));
    return element + "[]";
  }
  if (field.type == "map" && field.children.size() == 2) {
    MATVIEW_ASSIGN(const std::string key, duckdb_type(field.children[0]));
    MATVIEW_ASSIGN(const std::string value, duckdb_type(field.children[1]));
    return "MAP(" + key + ", " + value + ")";
  }
  if (field.type == "struct" && !field.children.empty()) {
    std::string text;
    for (const LakeField& child : field.children) {
      MATVIEW_ASSIGN(const std::string type, duckdb_type(child));
      text += (text.empty() ? "STRUCT(" : ", ") + quote_identifier(child.name) + " " + type;
    }
    return text + ")";
  }
  return duckdb_type_name(field.type);
}

std::vector<std::string> live_conditions(const LakeDataFile& file, std::int64_t snapshot) {
  std::vector<std::string> conditions;
  if (file.deletes) {
    // A delete file may say of each row since which snapshot it is deleted; whether it does, only the file knows.
    const std::string deleted =
        "SELECT pos FROM (SELECT 0 AS pos, 0 AS _ducklake_internal_snapshot_id WHERE false UNION ALL BY NAME"
        " SELECT * FROM read_parquet([" +
        quote_literal(file.deletes->path) +
        "])) WHERE coalesce(_ducklake_internal_snapshot_id, 0) <= " + std::to_string(snapshot);
    conditions.push_back("file_row_number NOT IN (" + deleted + ")");
  }
  if (!file.inlined_deletes.empty()) {
    std::string list;
    for (const std::int64_t position : file.inlined_deletes)
      list += (list.empty() ? "" : ", ") + std::to_string(position);
    conditions.push_back("file_row_number NOT IN (" + list + ")");
  }
  if (file.partial && !file.mapping) conditions.push_back("s <= " + std::to_string(snapshot));
  return conditions;
}

Result<std::string> lake_rows_select(const std::vector<LakeField>& columns, const std::vector<LakeFileRows>& files,
                                     const std::vector<LakeInlinedRows>& inlined) {
  std::vector<Output> outputs;
  for (const LakeField& field : columns) {
    MATVIEW_ASSIGN(std::string type, duckdb_type(field));
    outputs.push_back({&field, std::move(type), "c" + std::to_string(field.id)});
  }
  std::vector<std::string> parts;
  std::vector<const LakeDataFile*> plain;
  for (const LakeFileRows& rows : files) {
    if (rows.file->mapping)
      parts.push_back(mapped_file_select(outputs, rows));
    else if (rows.conditions.empty())
      plain.push_back(rows.file);
    else
      parts.push_back(file_select(outputs, rows));
  }
  if (!plain.empty()) parts.insert(parts.begin(), plain_files_select(outputs, plain));
  for (const LakeInlinedRows& rows : inlined) {
    MATVIEW_ASSIGN(std::string part, inlined_select(outputs, rows));
    parts.push_back(std::move(part));
  }
  if (parts.empty())
    return "SELECT " + select_list(outputs, [](const Output& output) { return cast_sql("NULL", output.type); }) +
           " WHERE false";
  std::string sql = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) sql += " UNION ALL " + parts[i];
  return sql;
}

Result<std::string> lake_select(const LakeTableRows& table, std::int64_t snapshot) {
  std::vector<LakeFileRows> files;
  for (const LakeDataFile& file : table.files) files.push_back({&file, live_conditions(file, snapshot)});
  return lake_rows_select(table.columns, files, table.inlined);
}

}  // namespace matview::engine
