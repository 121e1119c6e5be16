#include "engine/store/relation_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/duckdb/database.hpp"
#include "engine/duckdb/functions.hpp"
#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"

namespace matview::engine {

namespace {

using Files = std::vector<DataFile>;

/// Below a folder like 'day=1' a store's files belong to one schema all the same, whatever their names are.
std::string read_files(const std::vector<std::string>& paths) {
  std::string list;
  for (const auto& path : paths) list += (list.empty() ? "" : ", ") + quote_literal(path);
  return fmt::format("read_parquet([{}], hive_partitioning = false, union_by_name = false)", list);
}

std::string read_data(const Files& files) {
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(file.path);
  return read_files(paths);
}

/// Columns of the files as SQL, and the alias under which they and DuckDB's own columns are to be had.
struct Names {
  std::string alias = "f";
  std::vector<std::string> columns;  ///< expressions
  std::vector<std::string> named;    ///< quoted names
};

/// A column that has the name of one of DuckDB's hides it; then all columns are renamed by their place.
Names names_of(const std::vector<std::string>& quoted) {
  Names names;
  names.named = quoted;
  const bool hides = std::any_of(quoted.begin(), quoted.end(), [](const std::string& name) {
    const auto folded = fold_case(name);
    return folded == "\"file_row_number\"" || folded == "\"file_index\"" || folded == "file_row_number" ||
           folded == "file_index";
  });
  std::string places;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    names.columns.push_back(hides ? fmt::format("f.__matview_c{}", i) : "f." + quoted[i]);
    places += fmt::format("{}__matview_c{}", i ? ", " : "", i);
  }
  if (hides) names.alias += "(" + places + ")";
  return names;
}

Names names_of(const std::vector<StoredColumn>& columns) {
  std::vector<std::string> quoted;
  for (const auto& column : columns) quoted.push_back(quote_identifier(column.name));
  return names_of(quoted);
}

std::string select_list(const Names& names) {
  std::string list;
  for (std::size_t i = 0; i < names.columns.size(); ++i)
    list += fmt::format("{}{} AS {}", i ? ", " : "", names.columns[i], names.named[i]);
  return list;
}

/// Whether a row of `f` is not named by a delete file.
std::string is_live(const DeleteFile& deletes) {
  return fmt::format("{}({}, f.file_row_number)", k_live_function, quote_literal(deletes.path));
}

std::string select_from(const Files& files, const Names& names, const std::string& list) {
  return fmt::format("SELECT {} FROM {} AS {}", list, read_data(files), names.alias);
}

/// Files that can be read together, and each of the others.
std::vector<Files> parts_of(const Files& files) {
  std::vector<Files> parts(1);
  for (const auto& file : files) {
    if (file.deletes)
      parts.push_back({file});
    else
      parts.front().push_back(file);
  }
  if (parts.front().empty()) parts.erase(parts.begin());
  return parts;
}

/// The live rows of files that are read together.
std::string select_live(const Files& part, const Names& names, const std::string& list) {
  auto select = select_from(part, names, list);
  if (part.front().deletes) select += " WHERE " + is_live(*part.front().deletes);
  return select;
}

std::string join_all(const std::vector<std::string>& selects) {
  std::string sql;
  for (const auto& select : selects) sql += (sql.empty() ? "" : " UNION ALL ") + select;
  return sql;
}

std::vector<std::string> live_selects(const Files& files, const Names& names) {
  std::vector<std::string> selects;
  for (const auto& part : parts_of(files)) selects.push_back(select_live(part, names, select_list(names)));
  return selects;
}

/// Rows of `files` that their delete file names and that of `other` does not: what went between the two.
std::string gone_select(const Files& files, const std::map<std::int64_t, const DataFile*>& other, const Names& names) {
  std::vector<std::string> selects;
  for (const auto& file : files) {
    const auto& before = other.at(file.data_file_id)->deletes;
    selects.push_back(select_from({file}, names, select_list(names)) + " WHERE NOT " + is_live(*file.deletes) +
                      (before ? " AND " + is_live(*before) : ""));
  }
  return join_all(selects);
}

std::map<std::int64_t, const DataFile*> by_id(const Files& files) {
  std::map<std::int64_t, const DataFile*> found;
  for (const auto& file : files) found.emplace(file.data_file_id, &file);
  return found;
}

/// What `to` has and `from` has not: rows of new files, and rows of common ones that `from` says are deleted.
std::string only_in(const Files& to, const Files& from, const std::vector<StoredColumn>& columns, bool& has_files) {
  const auto old = by_id(from);
  const auto current = by_id(to);
  Files files;
  for (const auto& file : to)
    if (!old.contains(file.data_file_id)) files.push_back(file);
  has_files = !files.empty();
  Files deleted;
  for (const auto& file : from) {
    const auto found = current.find(file.data_file_id);
    if (found == current.end() || !file.deletes) continue;
    const auto& still = found->second->deletes;
    if (!still || (still->path != file.deletes->path && still->rows < file.deletes->rows)) deleted.push_back(file);
  }
  const auto names = names_of(columns);
  auto selects = live_selects(files, names);
  if (!deleted.empty()) selects.push_back(gone_select(deleted, current, names));
  return selects.empty() ? std::string() : decode_sql("(" + join_all(selects) + ")", columns);
}

}  // namespace

std::string empty_select(const std::vector<StoredColumn>& columns) {
  return fmt::format("SELECT {} WHERE false", null_list(columns));
}

std::string rows_sql(const Files& files, const std::vector<StoredColumn>& columns) {
  if (files.empty()) return empty_select(columns);
  if (std::none_of(files.begin(), files.end(), [](const DataFile& file) { return file.deletes.has_value(); }))
    return decode_sql(read_data(files), columns);
  return decode_sql("(" + join_all(live_selects(files, names_of(columns))) + ")", columns);
}

std::string located_rows_sql(const Files& files, const std::vector<std::string>& stored_columns) {
  const auto names = names_of(stored_columns);
  std::vector<std::string> selects;
  for (const auto& part : parts_of(files)) {
    std::string ids;
    for (const auto& file : part) ids += fmt::format("{}{}", ids.empty() ? "" : ", ", file.data_file_id);
    // DuckDB counts the files as they are listed.
    const auto id = part.size() == 1 ? ids : fmt::format("([{}])[CAST(f.file_index AS BIGINT) + 1]", ids);
    selects.push_back(select_live(part, names,
                                  fmt::format("{}, CAST({} AS BIGINT) AS __matview_file,"
                                              " CAST(f.file_row_number AS BIGINT) AS __matview_pos",
                                              select_list(names), id)));
  }
  return join_all(selects);
}

RowsChange rows_change(const Files& from, const Files& to, const std::vector<StoredColumn>& columns) {
  RowsChange change;
  bool come = false;
  bool go = false;
  change.added = only_in(to, from, columns, come);
  change.removed = only_in(from, to, columns, go);
  change.rewritten = come && go;
  return change;
}

}  // namespace matview::engine
