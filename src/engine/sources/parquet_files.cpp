#include "engine/sources/parquet_files.hpp"

#include <algorithm>
#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "support/text.hpp"

namespace matview::engine {

namespace {

/// The keys of "…/year=2024/month=1/file"; as DuckDB finds them, the file's own name included.
std::vector<std::string> hive_keys(const std::string& path) {
  std::vector<std::string> keys;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto part = path.substr(at, end - at);
    if (std::count(part.begin(), part.end(), '=') == 1) keys.push_back(part.substr(0, part.find('=')));
    at = end + 1;
  }
  return keys;
}

/// A schema that one or more files have; `path` is the first of them.
struct FileSchema {
  std::string path;
  std::vector<Column> columns;
};

/// The different schemas among the files. Each footer is read once; files of equal footers are described once.
Result<std::vector<FileSchema>> file_schemas(Database& database, const std::vector<FileState>& files) {
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

/// The SQL that fixes which hive partitions are columns, and their types.
void pin_hive(const FileCall& call, const std::vector<FileState>& files, const std::vector<Column>& columns,
              FileUse& use) {
  const auto first = hive_keys(files.front().path);
  const auto known = std::set<std::string>(first.begin(), first.end());
  std::string types;
  for (const auto& column : columns) {
    const auto key = std::find_if(known.begin(), known.end(),
                                  [&](const auto& name) { return fold_case(name) == fold_case(column.name); });
    if (key != known.end())
      types += (types.empty() ? "" : ", ") + quote_identifier(*key) + ": " + quote_literal(column.type);
  }
  const auto says_off = [](const Argument& argument) {
    return argument.name == "hive_partitioning" && fold_case(argument.text).find("false") != std::string::npos;
  };
  if (std::any_of(call.arguments.begin(), call.arguments.end(), says_off)) return;
  use.replaced.insert(use.replaced.end(), {"hive_partitioning", "hive_types", "hive_types_autocast"});
  use.pins = types.empty() ? "hive_partitioning = false" : "hive_partitioning = true, hive_types = {" + types + "}";
}

}  // namespace

Result<void> pin_parquet(Database& database, const FileCall& call, const std::vector<FileState>& files, FileUse& use) {
  pin_hive(call, files, use.columns, use);
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

Result<void> check_parquet(Database& database, const std::vector<FileState>& files, const FileUse& use) {
  MATVIEW_ASSIGN(const auto schemas, file_schemas(database, files));
  for (const auto& schema : schemas) {
    for (const auto& [name, types] : use.accepted) {
      const auto type = type_in(schema, name);
      if (std::find(types.begin(), types.end(), type) != types.end()) continue;
      const auto known = *std::max_element(types.begin(), types.end());
      const auto what = type.empty() ? "column '" + name + "' is missing"
                                     : "column '" + name + "' has type " + type + ", not " + known;
      return fail(Error(ErrorCode::failed, "'" + schema.path + "' no longer fits the view: " + what)
                      .with_hint("put the file right, or define the view anew with 'create --replace'"));
    }
  }
  return {};
}

}  // namespace matview::engine
