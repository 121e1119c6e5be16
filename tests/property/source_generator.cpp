#include "source_generator.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace matview::property {

namespace {

using Format = SourceSpec::Format;

struct Candidate {
  const char* name;
  const char* type;
  bool is_key;
  bool in_text;  ///< whether a CSV or JSON file can hold it without a doubt about its type
};

// The first of a source is always there, so that no row of a CSV file is an empty line.
const std::vector<Candidate> k_candidates{
    {"k", "INTEGER", true, true},
    {"k2", "INTEGER", true, true},
    {"s", "VARCHAR", true, true},
    {"\"Group\"", "VARCHAR", true, true},
    {"n", "BIGINT", false, true},
    {"m", "INTEGER", false, true},
    {"d", "DECIMAL(9,2)", false, true},
    {"t", "DATE", true, true},
    {"z", "TIMESTAMP", false, true},
    {"b", "BOOLEAN", true, true},
    {"f", "DOUBLE", false, true},
    {"\"a b\"", "INTEGER", false, true},
    {"\"x\"\"y\"", "VARCHAR", false, true},
    {"\"Übung\"", "SMALLINT", true, true},
    {"r", "STRUCT(a INTEGER, b VARCHAR)", true, false},
    {"l", "INTEGER[]", false, false},
    {"u", "UUID", false, false},
    {"tz", "TIMESTAMP WITH TIME ZONE", false, false},
};

std::string joined(const std::vector<std::string>& cells) {
  std::string text;
  for (const auto& cell : cells) text += (text.empty() ? "" : ", ") + cell;
  return text;
}

std::string typed_columns(const SourceSpec& source) {
  std::string text;
  for (const auto& column : source.columns) {
    auto name = column.name;
    if (name.front() == '"') {
      name = name.substr(1, name.size() - 2);
      if (const auto twice = name.find("\"\""); twice != std::string::npos) name.erase(twice, 1);
    }
    text += fmt::format("{}'{}': '{}'", text.empty() ? "" : ", ", name, column.type);
  }
  return "{" + text + "}";
}

}  // namespace

std::vector<std::string> SourceSpec::references() const {
  switch (format) {
    case Format::parquet:
      return {fmt::format("'{}/*.parquet'", name), fmt::format("read_parquet('{}/*.parquet')", name),
              fmt::format("read_parquet(['{0}/*.parquet'])", name),
              fmt::format("read_parquet('{}/*.parquet', filename = true)", name)};
    case Format::csv: return {fmt::format("read_csv('{}/*.csv', all_varchar = true, header = true)", name)};
    case Format::json:
      return {fmt::format("read_json('{}/*.json', format = 'newline_delimited', columns = {})", name,
                          typed_columns(*this))};
    case Format::hive:
      return {
          fmt::format("read_parquet('{}/*/*.parquet', hive_partitioning = true)", name),
          fmt::format("read_parquet('{}/*/*.parquet', hive_partitioning = true, hive_types = {{'p': BIGINT}})", name)};
    case Format::single: return {fmt::format("'{}.parquet'", name)};
    case Format::table: return {"shop." + name};
    case Format::lake: return {"lake." + name};
  }
  return {};
}

SourceSpec SourceGenerator::source(const std::string& name) {
  SourceSpec source;
  source.name = name;
  source.format = static_cast<Format>(random_.weighted({10, 2, 2, 3, 3, 2, 2}));
  source.columns.push_back({"id", "INTEGER", false});
  const bool text = source.format == Format::csv || source.format == Format::json;
  const auto count = static_cast<std::size_t>(random_.between(2, 5));
  source.columns.push_back({"k", "INTEGER", true});
  while (source.columns.size() < count + 1) {
    const auto& candidate = random_.chance(50) ? k_candidates[random_.below(6)] : random_.pick(k_candidates);
    if (text && !candidate.in_text) continue;
    const auto same = [&](const auto& column) { return column.name == candidate.name; };
    if (std::any_of(source.columns.begin(), source.columns.end(), same)) continue;
    source.columns.push_back({candidate.name, candidate.type, candidate.is_key});
  }
  return source;
}

std::string SourceGenerator::plain_value(const std::string& type, bool is_key) {
  const bool extreme = random_.chance(2);
  const auto small = random_.between(0, is_key ? 4 : 9);
  if (type == "INTEGER") return extreme ? (random_.chance(50) ? "2147483647" : "-2147483648") : std::to_string(small);
  if (type == "SMALLINT") return extreme ? "-32768" : std::to_string(small);
  if (type == "BIGINT")
    return extreme ? (random_.chance(50) ? "9223372036854775807" : "-9223372036854775808") : std::to_string(small - 3);
  if (type == "DECIMAL(9,2)")
    return extreme ? "9999999.99" : fmt::format("{}.{}", small - 2, random_.between(0, 3) * 25);
  if (type == "DOUBLE") return fmt::format("{}", (small - 3) * 0.25);
  if (type == "BOOLEAN") return small % 2 == 0 ? "true" : "false";
  if (type == "DATE") return extreme ? "DATE '0001-01-01'" : fmt::format("DATE '2024-02-{:02}'", 26 + small % 4);
  if (type == "TIMESTAMP")
    return fmt::format("TIMESTAMP '2024-03-{:02} {:02}:00:00.{}'", 1 + small, small * 2, extreme ? "000001" : "5");
  if (type.starts_with("TIMESTAMP WITH")) return fmt::format("TIMESTAMPTZ '2024-03-{:02} 12:00:00+02'", 1 + small);
  if (type == "UUID") return fmt::format("'00000000-0000-0000-0000-{:012}'::UUID", small);
  if (type.starts_with("STRUCT"))
    return fmt::format("{{'a': {}, 'b': {}}}", random_.chance(15) ? "NULL" : std::to_string(small % 3),
                       random_.chance(15) ? "NULL" : (small % 2 == 0 ? "'u'" : "'v'"));
  if (type.ends_with("[]")) {
    std::string list;
    for (int i = random_.between(0, 3); i > 0; --i)
      list += (list.empty() ? "" : ", ") + (random_.chance(15) ? "NULL" : std::to_string(random_.between(0, 3)));
    return "[" + list + "]::INTEGER[]";
  }
  static const std::vector<std::string> k_words{"'a'", "'b'", "'c'", "'A'", "'b '", "'it''s'", "'é'", "'a,b'", "'%_'"};
  if (is_key) return k_words[random_.below(4)];
  return random_.pick(k_words);
}

std::string SourceGenerator::value(const SourceSpec::ColumnSpec& column, SourceSpec& source) {
  if (column.name == "id") return std::to_string(random_.chance(95) ? source.next_id++ : random_.between(1, 9));
  if (random_.chance(column.is_key ? 10 : 15)) return "NULL";
  return plain_value(column.type, column.is_key);
}

std::vector<std::string> SourceGenerator::row(SourceSpec& source) {
  std::vector<std::string> cells;
  for (const auto& column : source.columns) cells.push_back(value(column, source));
  return cells;
}

SourceGenerator::Rows SourceGenerator::rows(SourceSpec& source, int count) {
  Rows rows;
  for (int i = 0; i < count; ++i) rows.push_back(!rows.empty() && random_.chance(8) ? random_.pick(rows) : row(source));
  return rows;
}

std::string SourceGenerator::new_path(SourceSpec& source) {
  const int number = source.next_file++;
  switch (source.format) {
    case Format::csv: return fmt::format("{}/{}.csv", source.name, number);
    case Format::json: return fmt::format("{}/{}.json", source.name, number);
    case Format::hive: return fmt::format("{}/p={}/{}.parquet", source.name, random_.between(0, 2), number);
    case Format::single: return source.name + ".parquet";
    case Format::table: return "shop.duckdb:" + source.name;
    case Format::lake: return "lake:" + source.name;
    case Format::parquet: break;
  }
  return fmt::format("{}/{}.parquet", source.name, number);
}

Action SourceGenerator::write(const SourceSpec& source, const std::string& path, const std::string& how) const {
  Action action;
  action.kind = Action::Kind::write;
  action.target = path;
  action.how = how;
  std::vector<std::string> columns;
  for (const auto& column : source.columns) columns.push_back(column.name + " " + column.type);
  action.columns = joined(columns);
  for (const auto& row : source.files.at(path)) action.rows.push_back(joined(row));
  return action;
}

Script SourceGenerator::fill(SourceSpec& source) {
  const bool one = source.format >= Format::single;
  Script script;
  for (int i = one ? 1 : random_.between(1, 3); i > 0; --i) {
    const auto path = new_path(source);
    source.files[path] = rows(source, random_.pick(std::vector<int>{0, 1, 3, 5, 8}));
    script.push_back(write(source, path, "rename"));
  }
  return script;
}

void SourceGenerator::edit(SourceSpec& source, Rows& content) {
  for (int i = random_.between(1, 3); i > 0; --i) {
    const auto column = random_.below(source.columns.size());
    switch (random_.weighted({4, 4, 4, 2, 1, 1})) {
      case 0: content.push_back(row(source)); break;
      case 1:
        if (!content.empty())
          content.erase(content.begin() + static_cast<std::ptrdiff_t>(random_.below(content.size())));
        break;
      case 2:
        if (!content.empty()) content[random_.below(content.size())][column] = value(source.columns[column], source);
        break;
      case 3: {
        // A whole group leaves, or moves.
        if (content.empty()) break;
        const auto key = random_.pick(content)[column];
        if (random_.chance(60)) {
          std::erase_if(content, [&](const auto& cells) { return cells[column] == key; });
          break;
        }
        const auto other = value(source.columns[column], source);
        for (auto& cells : content)
          if (cells[column] == key) cells[column] = other;
        break;
      }
      case 4: content.clear(); break;
      default:
        if (!content.empty()) content.push_back(random_.pick(content));
    }
  }
}

Script SourceGenerator::change_table(SourceSpec& source) {
  auto& [path, content] = *source.files.begin();
  edit(source, content);
  return {write(source, path, random_.chance(70) ? "in_place" : "rename")};
}

/// Rows written behind those that a text file has, as a log grows.
Script SourceGenerator::append(SourceSpec& source, const std::string& path) {
  const auto more = rows(source, random_.between(1, 3));
  auto appended = source;
  appended.files[path] = more;
  auto& all = source.files[path];
  all.insert(all.end(), more.begin(), more.end());
  return {write(appended, path, "append")};
}

Script SourceGenerator::change(SourceSpec& source) {
  if (source.format == Format::table || source.format == Format::lake) return change_table(source);
  const bool one = source.format == Format::single;
  auto chosen = source.files.begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(source.files.size())));
  Action action;
  action.target = chosen->first;
  const bool text = source.format == Format::csv || source.format == Format::json;
  switch (
      random_.weighted({one ? 0 : 6, one || source.files.size() < 2 ? 0 : 3, 8, 1, 1, 4, one ? 0 : 1, text ? 10 : 0})) {
    case 0: {
      const auto path = new_path(source);
      source.files[path] = rows(source, random_.pick(std::vector<int>{0, 1, 1, 2, 4}));
      return {write(source, path, "rename")};
    }
    case 1:
      action.kind = Action::Kind::remove;
      source.files.erase(chosen);
      return {action};
    case 2: edit(source, chosen->second); return {write(source, chosen->first, "rename")};
    case 3: action.kind = Action::Kind::touch; return {action};
    case 4: return {write(source, chosen->first, "rename")};
    case 5: edit(source, chosen->second); return {write(source, chosen->first, "in_place")};
    case 7: return append(source, chosen->first);
    default: {
      action.kind = Action::Kind::rename;
      action.how = new_path(source);
      source.files[action.how] = chosen->second;
      source.files.erase(action.target);
      return {action};
    }
  }
}

}  // namespace matview::property
