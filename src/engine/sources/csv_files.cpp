#include <algorithm>
#include <cstdlib>
#include <map>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/csv_header.hpp"
#include "engine/sources/file_formats.hpp"
#include "engine/sources/listing.hpp"
#include "support/text.hpp"

namespace matview::engine {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Column* find_field(const FileUse& use, const std::string& name) {
  for (const auto& field : use.fields)
    if (field.name == name) return &field;
  return nullptr;
}

/// Where the field of this name in a header is among the pinned ones; -1 if it is not.
std::ptrdiff_t field_of(const FileUse& use, const std::string& raw) {
  for (std::size_t i = 0; i < use.header.size(); ++i)
    if (fold_case(use.header[i]) == fold_case(raw)) return static_cast<std::ptrdiff_t>(i);
  return -1;
}

/// Whether the user gave the fields names and types: then these are theirs by position, whatever a header says.
bool names_fields(const FileCall& call) { return find_argument(call, "columns") != nullptr; }

/// The names, by position, under which a file with this header is read; a field nobody asked for gets one of its own.
Result<std::vector<std::string>> names_for(const FileCall& call, const FileUse& use,
                                           const std::vector<std::string>& header, const std::string& path) {
  std::vector<std::string> names;
  if (header == use.header || use.header.empty() || names_fields(call)) {
    for (const auto& field : use.fields) names.push_back(field.name);
    return names;
  }
  std::vector<bool> seen(use.fields.size());
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto field = field_of(use, header[i]);
    if (field >= 0 && seen[field]) return fail(misfit(path, "its header has '" + header[i] + "' twice"));
    if (field >= 0) seen[field] = true;
    names.push_back(field >= 0 ? use.fields[field].name : "matview_unasked_" + std::to_string(i));
  }
  const bool may_lack = is_on(call, "union_by_name");
  for (std::size_t i = 0; i < seen.size() && !may_lack; ++i)
    if (!seen[i])
      return fail(misfit(path, "its header (" + support::join(header, ", ") + ") lacks '" + use.header[i] + "'"));
  return names;
}

bool lacks_field(const FileUse& use, const std::vector<std::string>& names) {
  return std::any_of(use.fields.begin(), use.fields.end(),
                     [&](const Column& field) { return !contains(names, field.name); });
}

std::string one_character(char c) { return quote_literal(c ? std::string(1, c) : std::string()); }

char first_character(const std::optional<std::string>& text, char otherwise) {
  return !text || text->empty() || *text == "(empty)" ? otherwise : text->front();
}

/// Whether the user told DuckDB to guess nothing: then what is not given has a fixed value, and columns are given.
bool guesses_nothing(const FileCall& call) {
  return find_argument(call, "auto_detect") != nullptr && !is_on(call, "auto_detect");
}

/// The value of the first of these arguments that is given, as SQL; else `otherwise`.
std::string value_sql(const FileCall& call, std::initializer_list<std::string_view> names, std::string otherwise) {
  for (const auto name : names) {
    const auto* argument = find_argument(call, name);
    if (argument == nullptr) continue;
    // "name = value", "name := value", "name => value"
    auto value = argument->text.substr(argument->text.find('=') + 1);
    return value.starts_with(">") ? value.substr(1) : value;
  }
  return otherwise;
}

/// A query that tells the dialect of the files, from the user's own arguments and from what DuckDB finds out about the
/// first file.
std::string dialect_sql(const FileCall& call, const FileState& file) {
  if (guesses_nothing(call))
    return "SELECT " + value_sql(call, {"delim", "sep", "delimiter"}, "','") + ", " +
           value_sql(call, {"quote"}, "'\"'") + ", " + value_sql(call, {"escape"}, "'\"'") + ", " +
           value_sql(call, {"comment"}, "''") + ", " + value_sql(call, {"skip"}, "0") + ", CAST(" +
           value_sql(call, {"header"}, "false") + " AS BOOLEAN), " +
           value_sql(call, {"dateformat", "date_format"}, "NULL") + ", " +
           value_sql(call, {"timestampformat", "timestamp_format"}, "NULL");
  auto sql =
      "SELECT Delimiter, Quote, Escape, Comment, SkipRows, HasHeader, DateFormat, TimestampFormat FROM sniff_csv(" +
      quote_literal(literal_path(file.path));
  for (const auto& argument : call.arguments)
    if (argument.name != "auto_detect" && argument.name != "filename") sql += ", " + argument.text;
  // The user's columns need not be those that DuckDB would have guessed.
  return sql + ", force_match = false)";
}

/// Fixes the dialect.
Result<void> pin_dialect(Database& database, const FileCall& call, const FileState& file, FileUse& use) {
  MATVIEW_ASSIGN(const auto rows, database.rows(dialect_sql(call, file)));
  const auto& row = rows.at(0);
  // A file without quotes tells nothing of those of the next one.
  use.delimiter = first_character(row[0], ',');
  use.quote = first_character(row[1], find_argument(call, "quote") ? 0 : '"');
  const auto escape = first_character(row[2], find_argument(call, "escape") ? 0 : use.quote);
  use.comment = first_character(row[3], 0);
  use.skip = std::atoll(row[4].value_or("0").c_str());
  use.pins += (use.pins.empty() ? "" : ", ") + ("auto_detect = false, delim = " + quote_literal(row[0].value_or(","))) +
              ", quote = " + one_character(use.quote) + ", escape = " + one_character(escape) +
              ", comment = " + one_character(use.comment) + ", skip = " + std::to_string(use.skip);
  if (row[6]) use.pins += ", dateformat = " + quote_literal(*row[6]);
  if (row[7]) use.pins += ", timestampformat = " + quote_literal(*row[7]);
  if (row[5] == "true") {
    MATVIEW_ASSIGN(use.header, csv_first_row(database, call, use, file));
    if (use.header.empty() && names_fields(call))
      for (const auto& field : use.fields) use.header.push_back(field.name);
  }
  use.pins += use.header.empty() ? ", header = false" : ", header = true";
  return {};
}

/// Columns whose types DuckDB guessed. Where the user chose types or formats, DuckDB's reader does as it is told.
void pin_checks(const FileCall& call, FileUse& use) {
  for (const std::string_view chosen : {"columns", "types", "column_types", "dtypes", "ignore_errors", "thousands",
                                        "decimal_separator", "dateformat", "timestampformat"})
    if (find_argument(call, chosen)) return;
  const bool odd_dates = use.pins.find(", dateformat = ") != std::string::npos;
  const bool odd_times = use.pins.find(", timestampformat = ") != std::string::npos;
  for (const auto& field : use.fields)
    if (has_check(field.type) && !(odd_dates && field.type == "DATE") && !(odd_times && field.type == "TIMESTAMP"))
      use.checked.push_back(field.name);
}

std::string columns_argument(const FileUse& use, const std::vector<std::string>& names) {
  std::string types;
  for (const auto& name : names) {
    const auto* field = find_field(use, name);
    const bool as_text = !field || contains(use.checked, name);
    types +=
        (types.empty() ? "" : ", ") + quote_identifier(name) + ": " + quote_literal(as_text ? "VARCHAR" : field->type);
  }
  return "columns = {" + types + "}";
}

std::string selected(const FileCall& call, const FileUse& use, const std::vector<std::string>& names) {
  std::string select;
  for (const auto& column : use.columns) {
    select += select.empty() ? "" : ", ";
    if (find_field(use, column.name) && !contains(names, column.name)) {
      select += "CAST(NULL AS " + column.type + ") AS " + quote_identifier(column.name);
    } else if (contains(use.checked, column.name)) {
      select += checked_cast(column, filename_column(call, use));
    } else {
      select += quote_identifier(column.name);
    }
  }
  return select;
}

}  // namespace

Result<void> pin_csv(Database& database, const FileCall& call, const std::vector<FileState>& files, FileUse& use) {
  auto added = pin_hive(call, files, use);
  added.push_back(filename_column(call, use));
  for (const auto& column : use.columns)
    if (!contains(added, column.name)) use.fields.push_back(column);
  use.replaced.insert(use.replaced.end(), {"delim",
                                           "sep",
                                           "delimiter",
                                           "quote",
                                           "escape",
                                           "header",
                                           "skip",
                                           "comment",
                                           "columns",
                                           "types",
                                           "column_types",
                                           "dtypes",
                                           "names",
                                           "column_names",
                                           "auto_detect",
                                           "dateformat",
                                           "date_format",
                                           "timestampformat",
                                           "timestamp_format",
                                           "all_varchar",
                                           "sample_size",
                                           "auto_type_candidates",
                                           "normalize_names",
                                           "union_by_name",
                                           "files_to_sniff",
                                           "new_line"});
  const auto filled = std::find_if(files.begin(), files.end(), [](const FileState& file) { return file.size > 0; });
  const auto& first = filled == files.end() ? files.front() : *filled;
  MATVIEW_TRY(pin_dialect(database, call, first, use));
  if (!use.header.empty() && is_on(call, "union_by_name") && !names_fields(call))
    for (auto i = use.header.size(); i < use.fields.size(); ++i) use.header.push_back(use.fields[i].name);
  if (!use.header.empty() && use.header.size() != use.fields.size() && !names_fields(call))
    return fail(Error(ErrorCode::usage, "the header of '" + first.path + "' has " + std::to_string(use.header.size()) +
                                            " fields, but the files have " + std::to_string(use.fields.size()))
                    .with_hint("give each kind of file a pattern of its own, or add union_by_name = true"));
  pin_checks(call, use);
  return {};
}

Result<std::string> csv_relation(Database& database, const FileCall& call, const FileUse& use,
                                 const std::vector<FileState>& files) {
  std::map<std::vector<std::string>, std::vector<FileState>> groups;
  for (const auto& file : files) {
    if (file.size == 0) continue;
    std::vector<std::string> header;
    if (!use.header.empty()) {
      MATVIEW_ASSIGN(header, csv_first_row(database, call, use, file));
      if (header.empty()) continue;
    }
    MATVIEW_ASSIGN(auto names, names_for(call, use, header, file.path));
    groups[std::move(names)].push_back(file);
  }
  std::string all;
  for (const auto& [names, members] : groups) {
    auto arguments = pinned_arguments(call, use);
    arguments.push_back(columns_argument(use, names));
    const auto relation = call_sql(call.function, members, arguments);
    if (groups.size() == 1 && use.checked.empty() && !lacks_field(use, names)) return relation;
    all += (all.empty() ? "" : " UNION ALL ") + ("SELECT " + selected(call, use, names) + " FROM " + relation);
  }
  return all.empty() ? "" : "(" + all + ")";
}

}  // namespace matview::engine
