#include "engine/sources/files.hpp"

#include <algorithm>
#include <array>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/file_formats.hpp"
#include "engine/sources/listing.hpp"
#include "support/text.hpp"

namespace matview::engine {

namespace {

constexpr std::string_view k_with_filename = "filename = true";

enum class Format { parquet, csv, json, raw };

struct FileFunction {
  std::string_view name;
  Format format;
};

constexpr std::array<FileFunction, 13> k_functions{{{"read_parquet", Format::parquet},
                                                    {"parquet_scan", Format::parquet},
                                                    {"read_csv", Format::csv},
                                                    {"read_csv_auto", Format::csv},
                                                    {"read_json", Format::json},
                                                    {"read_json_auto", Format::json},
                                                    {"read_ndjson", Format::json},
                                                    {"read_ndjson_auto", Format::json},
                                                    {"read_json_objects", Format::raw},
                                                    {"read_json_objects_auto", Format::raw},
                                                    {"read_ndjson_objects", Format::raw},
                                                    {"read_text", Format::raw},
                                                    {"read_blob", Format::raw}}};

const FileFunction* find_function(std::string_view name) {
  for (const auto& function : k_functions)
    if (function.name == name) return &function;
  return nullptr;
}

/// The function that DuckDB's replacement scan takes for a path; empty for what it takes for no file.
std::string_view function_for(std::string_view path) {
  const auto folded = fold_case(path);
  std::string_view name = folded;
  for (const std::string_view packed : {".gz", ".zst"})
    if (name.ends_with(packed) && !folded.ends_with(".parquet" + std::string(packed)))
      name.remove_suffix(packed.size());
  if (name.ends_with(".parquet")) return "read_parquet";
  if (name.ends_with(".csv") || name.ends_with(".tsv")) return "read_csv";
  if (name.ends_with(".json") || name.ends_with(".jsonl") || name.ends_with(".ndjson")) return "read_json";
  return "";
}

std::string base_name(const std::string& path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

Result<void> check_local(const std::string& pattern) {
  if (pattern.find("://") != std::string::npos || pattern.starts_with("file:"))
    return fail(Error(ErrorCode::usage, "cannot read '" + pattern + "': views read local files only")
                    .with_hint("mount or copy it, and name it by its path"));
  if (pattern.starts_with("~"))
    return fail(Error(ErrorCode::usage, "cannot read '" + pattern + "': '~' means another place to every user")
                    .with_hint("write the path out"));
  if (pattern.empty()) return fail(ErrorCode::usage, "the name of a file is empty");
  return {};
}

std::string empty_relation(const std::vector<Column>& columns) {
  return "(SELECT " + null_list(columns) + " WHERE false)";
}

const Column* find_column(const std::vector<Column>& columns, const std::string& name) {
  for (const auto& column : columns)
    if (fold_case(column.name) == fold_case(name)) return &column;
  return nullptr;
}

/// What stands for a pinned column where the files in question give `columns`; empty if nothing may.
std::string column_from(const FileCall& call, const FileUse& use, const std::vector<Column>& columns,
                        const Column& wanted) {
  const auto name = quote_identifier(wanted.name);
  const auto cast = [&](const std::string& value) { return "CAST(" + value + " AS " + wanted.type + ") AS " + name; };
  const auto* found = find_column(columns, wanted.name);
  if (found == nullptr) return is_on(call, "union_by_name") ? cast("NULL") : "";
  if (found->type == wanted.type) return name + " AS " + name;
  const auto accepted = use.accepted.find(wanted.name);
  if (accepted == use.accepted.end()) return "";
  const auto& types = accepted->second;
  return std::find(types.begin(), types.end(), found->type) == types.end() ? "" : cast(name);
}

/// Whether some of the Parquet files have a column in another type than all there were at `create`.
bool has_other_types(const FileUse& use, const std::vector<Column>& columns) {
  return !use.accepted.empty() && std::any_of(use.columns.begin(), use.columns.end(), [&](const Column& wanted) {
    const auto* found = find_column(columns, wanted.name);
    return found != nullptr && found->type != wanted.type;
  });
}

/// A relation over files each of which is read by itself. DuckDB would convert what they hold to a type that is common
/// to these, and from that to the pinned one text does not come out the same.
Result<std::string> one_by_one(Database& database, const FileCall& call, const FileUse& use,
                               const std::vector<FileState>& files) {
  std::string all;
  for (const auto& file : files) {
    MATVIEW_ASSIGN(const auto relation, file_relation(database, call, use, {file}, true, Unseen::none));
    all += (all.empty() ? "" : " UNION ALL ") + ("FROM " + relation);
  }
  return "(" + all + ")";
}

}  // namespace

std::string FileCall::name() const { return support::join(patterns, ", "); }

std::string FileCall::key() const {
  auto result = function;
  for (const auto& argument : arguments) result += ", " + argument.text;
  return result;
}

std::string call_sql(std::string_view function, const std::vector<FileState>& files,
                     const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(quote_literal(literal_path(file.path)));
  auto sql = std::string(function) + "([" + support::join(paths, ", ") + "]";
  for (const auto& argument : arguments) sql += ", " + argument;
  return sql + ")";
}

Result<std::optional<FileCall>> file_call(const Reference& reference) {
  FileCall call;
  if (!reference.is_function) {
    call.function = function_for(reference.name);
    if (call.function.empty() || !reference.schema.empty()) return std::optional<FileCall>();
    call.patterns = {reference.name};
    call.alias = is_pattern(reference.name) ? reference.name : base_name(reference.name);
  } else {
    if (!find_function(reference.name)) return std::optional<FileCall>();
    call.function = reference.name;
    call.alias = reference.name;
    if (reference.arguments.empty() || !reference.arguments[0].name.empty() || !reference.arguments[0].strings)
      return fail(Error(ErrorCode::usage, "the files of " + reference.name + " must be named by constant text")
                      .with_hint("give a path, a pattern or a list of them as the first argument"));
    call.patterns = *reference.arguments[0].strings;
    call.arguments.assign(reference.arguments.begin() + 1, reference.arguments.end());
  }
  for (const auto& pattern : call.patterns) MATVIEW_TRY(check_local(pattern));
  return call;
}

std::string absolute_pattern(const std::string& pattern, const std::string& base_dir) {
  if (pattern.starts_with("/")) return pattern;
  return literal_path(base_dir) + (base_dir.ends_with("/") ? "" : "/") + pattern;
}

std::vector<std::string> pinned_arguments(const FileCall& call, const FileUse& use) {
  std::vector<std::string> rest;
  for (const auto& argument : call.arguments)
    if (std::find(use.replaced.begin(), use.replaced.end(), argument.name) == use.replaced.end())
      rest.push_back(argument.text);
  if (!use.pins.empty()) rest.push_back(use.pins);
  return rest;
}

const Argument* find_argument(const FileCall& call, std::string_view name) {
  const auto found = std::find_if(call.arguments.begin(), call.arguments.end(),
                                  [&](const Argument& argument) { return argument.name == name; });
  return found == call.arguments.end() ? nullptr : &*found;
}

bool is_on(const FileCall& call, std::string_view name) {
  const auto* argument = find_argument(call, name);
  if (!argument) return false;
  const auto text = fold_case(argument->text);
  return text.ends_with("true") || text.ends_with("1") || text.ends_with("'t'") || text.ends_with("'true'");
}

Error misfit(const std::string& path, const std::string& why) {
  return Error(ErrorCode::failed, "'" + path + "' no longer fits the view: " + why)
      .with_hint("put the file right, or define the view anew with 'create --replace'");
}

Result<FileUse> pin_files(Database& database, const FileCall& call, const std::vector<FileState>& files,
                          FileNames names) {
  FileUse use;
  use.call = call.key();
  const auto describe = [&] {
    return database.describe("FROM " + call_sql(call.function, files, pinned_arguments(call, use)));
  };
  MATVIEW_ASSIGN(use.columns, describe());
  const auto format = find_function(call.function)->format;
  if (names == FileNames::columns && format != Format::raw && find_argument(call, "filename") == nullptr &&
      find_column(use.columns, "filename") == nullptr) {
    use.pins = k_with_filename;
    MATVIEW_ASSIGN(use.columns, describe());
  }
  switch (format) {
    case Format::parquet: MATVIEW_TRY(pin_parquet(database, call, files, use)); break;
    case Format::csv: MATVIEW_TRY(pin_csv(database, call, files, use)); break;
    case Format::json: MATVIEW_TRY(pin_json(call, files, use)); break;
    case Format::raw: break;
  }
  return use;
}

Result<std::string> file_relation(Database& database, const FileCall& call, const FileUse& use,
                                  const std::vector<FileState>& files, bool has_alias, Unseen unseen) {
  const auto alias = has_alias || call.alias.empty() ? "" : " AS " + quote_identifier(call.alias);
  if (files.empty()) return empty_relation(use.columns) + alias;
  const auto relation_of = [&]() -> Result<std::string> {
    switch (find_function(call.function)->format) {
      case Format::parquet: return parquet_relation(database, call, use, files, unseen);
      case Format::csv: return csv_relation(database, call, use, files);
      case Format::json: return json_relation(call, use, files);
      case Format::raw: break;
    }
    return call_sql(call.function, files, pinned_arguments(call, use));
  };
  MATVIEW_ASSIGN(const auto relation, relation_of());
  if (relation.empty()) return empty_relation(use.columns) + alias;
  if (unseen == Unseen::known && find_function(call.function)->format == Format::parquet && is_uniform(call, use))
    return relation + alias;
  MATVIEW_ASSIGN(const auto columns, database.describe("FROM " + relation));
  if (same_columns(columns, use.columns)) return relation + alias;
  if (files.size() > 1 && has_other_types(use, columns)) {
    MATVIEW_ASSIGN(const auto each, one_by_one(database, call, use, files));
    return each + alias;
  }
  std::string list;
  for (const auto& wanted : use.columns) {
    const auto column = column_from(call, use, columns, wanted);
    if (column.empty())
      return fail(Error(ErrorCode::failed, "the files of '" + call.name() + "' no longer give a column '" +
                                               wanted.name + "' of type " + wanted.type)
                      .with_hint("define the view anew with 'create --replace'"));
    list += (list.empty() ? "" : ", ") + column;
  }
  return "(SELECT " + list + " FROM " + relation + ")" + alias;
}

bool tells_paths(const FileCall& call, const FileUse& use) {
  return !filename_column(call, use).empty() || find_column(use.columns, "filename") == nullptr;
}

FileUse with_paths(const FileCall& call, FileUse use, std::string_view name) {
  if (!filename_column(call, use).empty()) return use;
  use.replaced.emplace_back("filename");
  use.pins += (use.pins.empty() ? "" : ", ") + ("filename = " + quote_literal(name));
  use.columns.push_back({std::string(name), "VARCHAR"});
  use.paths = name;
  return use;
}

std::string filename_column(const FileCall& call, const FileUse& use) {
  if (!use.paths.empty()) return use.paths;
  const auto named = [&](const std::string& name) {
    const auto* column = find_column(use.columns, name);
    return column == nullptr ? std::string() : column->name;
  };
  if (find_function(call.function)->format == Format::raw) return named("filename");
  const auto* argument = find_argument(call, "filename");
  if (argument == nullptr) return use.pins.starts_with(k_with_filename) ? named("filename") : "";
  // A text is the column's name, 'true' like any other.
  if (argument->strings) return argument->strings->empty() ? "" : named(argument->strings->front());
  return is_on(call, "filename") ? named("filename") : "";
}

}  // namespace matview::engine
