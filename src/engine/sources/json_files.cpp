#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/file_formats.hpp"

namespace matview::engine {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<void> pin_json(const FileCall& call, const std::vector<FileState>& files, FileUse& use) {
  auto added = pin_hive(call, files, use);
  added.push_back(filename_column(call, use));
  use.replaced.insert(use.replaced.end(), {"columns", "auto_detect", "sample_size", "maximum_depth",
                                           "field_appearance_threshold", "map_inference_threshold",
                                           "maximum_sample_files", "union_by_name", "convert_strings_to_integers"});
  const bool chosen = find_argument(call, "columns") || is_on(call, "ignore_errors") ||
                      find_argument(call, "dateformat") || find_argument(call, "timestampformat");
  for (const auto& column : use.columns) {
    if (contains(added, column.name)) continue;
    use.fields.push_back(column);
    if (!chosen && has_check(column.type)) use.checked.push_back(column.name);
  }
  return {};
}

Result<std::string> json_relation(const FileCall& call, const FileUse& use, const std::vector<FileState>& files) {
  std::string types;
  for (const auto& field : use.fields)
    types += (types.empty() ? "" : ", ") + quote_identifier(field.name) + ": " +
             quote_literal(contains(use.checked, field.name) ? "VARCHAR" : field.type);
  auto arguments = pinned_arguments(call, use);
  arguments.push_back("columns = {" + types + "}");
  const auto relation = call_sql(call.function, files, arguments);
  if (use.checked.empty()) return relation;
  std::string select;
  for (const auto& column : use.columns)
    select += (select.empty() ? "" : ", ") + (contains(use.checked, column.name)
                                                  ? checked_cast(column, filename_column(call, use))
                                                  : quote_identifier(column.name));
  return "(SELECT " + select + " FROM " + relation + ")";
}

}  // namespace matview::engine
