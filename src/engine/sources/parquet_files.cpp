#include <algorithm>
#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/file_formats.hpp"
#include "support/text.hpp"

namespace matview::engine {

namespace {

/// A schema that one or more files have; `path` is the first of them.
struct FileSchema {
  std::string path;
  std::vector<Column> columns;
};

constexpr std::size_t k_few_files = 4;

/// The different schemas among the files. Each footer is read once; files of equal footers are described once.
Result<std::vector<FileSchema>> file_schemas(Database& database, const std::vector<FileState>& files) {
  std::vector<FileSchema> few;
  if (files.size() <= k_few_files) {
    // To ask for each is quicker than to compare footers.
    for (const auto& file : files) {
      MATVIEW_ASSIGN(auto columns,
                     database.describe("FROM " + call_sql("read_parquet", {file}, {"hive_partitioning = false"})));
      const auto same = [&](const FileSchema& schema) { return same_columns(schema.columns, columns); };
      if (std::none_of(few.begin(), few.end(), same)) few.push_back({file.path, std::move(columns)});
    }
    return few;
  }
  MATVIEW_ASSIGN(
      const auto rows,
      database.rows("SELECT min(file_name) FROM (SELECT file_name, md5(string_agg(concat_ws(':', name, type, "
                    "num_children, repetition_type, converted_type, logical_type, duckdb_type), '|' ORDER BY "
                    "column_id)) AS footer FROM " +
                    call_sql("parquet_schema", files, {}) + " GROUP BY file_name) GROUP BY footer ORDER BY 1"));
  std::vector<FileSchema> schemas;
  for (const auto& row : rows) {
    FileState file;
    file.path = row.at(0).value_or("");
    MATVIEW_ASSIGN(auto columns,
                   database.describe("FROM " + call_sql("read_parquet", {file}, {"hive_partitioning = false"})));
    schemas.push_back({file.path, std::move(columns)});
  }
  return schemas;
}

std::string type_in(const FileSchema& schema, const std::string& name) {
  for (const auto& column : schema.columns)
    if (fold_case(column.name) == fold_case(name)) return column.type;
  return "";
}

/// True if a file has the pinned columns as they were pinned and none besides.
bool is_model(const FileSchema& schema, const FileUse& use) {
  std::size_t own = 0;
  for (const auto& column : use.columns) {
    const auto type = type_in(schema, column.name);
    if (type.empty()) continue;
    if (type != column.type || own >= schema.columns.size() || schema.columns[own].name != column.name) return false;
    ++own;
  }
  return own == schema.columns.size();
}

/// DuckDB takes names and types from the first file. Rows have no order, so a file like those at `create` goes first.
std::vector<FileState> with_model_first(std::vector<FileState> files, const std::vector<FileSchema>& schemas,
                                        const FileUse& use) {
  if (schemas.size() < 2) return files;
  const auto model =
      std::find_if(schemas.begin(), schemas.end(), [&](const auto& schema) { return is_model(schema, use); });
  if (model == schemas.end()) return files;
  const auto file =
      std::find_if(files.begin(), files.end(), [&](const auto& each) { return each.path == model->path; });
  if (file != files.end()) std::rotate(files.begin(), file, file + 1);
  return files;
}

}  // namespace

bool is_uniform(const FileCall& call, const FileUse& use) {
  return !is_on(call, "union_by_name") && std::all_of(use.accepted.begin(), use.accepted.end(),
                                                      [](const auto& column) { return column.second.size() == 1; });
}

Result<void> pin_parquet(Database& database, const FileCall& call, const std::vector<FileState>& files, FileUse& use) {
  pin_hive(call, files, use);
  MATVIEW_ASSIGN(const auto schemas, file_schemas(database, files));
  for (const auto& column : use.columns) {
    auto& types = use.accepted[column.name];
    for (const auto& schema : schemas) {
      auto type = type_in(schema, column.name);
      if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(std::move(type));
    }
  }
  return {};
}

Result<std::string> parquet_relation(Database& database, const FileCall& call, const FileUse& use,
                                     const std::vector<FileState>& files, Unseen unseen) {
  const auto relation = [&](const std::vector<FileState>& ordered) {
    return call_sql(call.function, ordered, pinned_arguments(call, use));
  };
  // Where files may differ, DuckDB takes the types from the first, and which that must be only a look at all tells.
  const bool any_order = is_uniform(call, use) || is_on(call, "union_by_name");
  if (unseen != Unseen::all && any_order) return relation(files);
  MATVIEW_ASSIGN(const auto schemas, file_schemas(database, files));
  for (const auto& schema : schemas) {
    for (const auto& [name, types] : use.accepted) {
      const auto type = type_in(schema, name);
      const bool may_lack = type.empty() && is_on(call, "union_by_name");
      if (may_lack || std::find(types.begin(), types.end(), type) != types.end()) continue;
      const auto known = *std::max_element(types.begin(), types.end());
      return fail(misfit(schema.path, type.empty() ? "column '" + name + "' is missing"
                                                   : "column '" + name + "' has type " + type + ", not " + known));
    }
  }
  return relation(with_model_first(files, schemas, use));
}

}  // namespace matview::engine
