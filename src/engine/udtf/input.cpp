#include "engine/udtf/input.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "engine/duckdb/sql_text.hpp"
#include "engine/lake/type_text.hpp"
#include "engine/sources/definition.hpp"
#include "engine/udtf/records.hpp"

namespace matview::engine::udtf {

namespace {

// Without a size of their own, tasks of a chunker are no larger than this: the ids a process was given are kept in
// memory, to know those it echoes.
constexpr std::int64_t k_task_rows = 50'000;

constexpr std::string_view k_lines_table = "__matview_lines";

std::int64_t number(const std::optional<std::string>& cell) {
  return std::strtoll(cell.value_or("0").c_str(), nullptr, 10);
}

/// The columns of the query as q.c0, q.c1, …, whatever their names are.
std::string numbered(std::size_t count) {
  std::string names;
  for (std::size_t i = 0; i < count; ++i) names += fmt::format("{}c{}", i ? ", " : "", i);
  return names;
}

std::size_t place_of(const Program& program, const std::string& name) {
  const auto found = std::find_if(program.input.begin(), program.input.end(),
                                  [&](const Column& column) { return fold_case(column.name) == fold_case(name); });
  return static_cast<std::size_t>(found - program.input.begin());
}

/// A column as JSON: numbers, true and false, lists, structs and maps as such, everything else as text. JSON has no
/// number for NaN and the infinities.
std::string json_value(const std::string& value, const std::string& type) {
  if (type == "FLOAT" || type == "DOUBLE")
    return fmt::format(
        "CASE WHEN isnan({0}) THEN '\"NaN\"'::JSON WHEN isinf({0}) THEN to_json(CASE WHEN {0} > 0 THEN 'Infinity' ELSE "
        "'-Infinity' END) ELSE to_json({0}) END",
        value);
  const auto parsed = parse_type(type);
  const bool as_is =
      parsed && (parsed->is_nested() || type == "BOOLEAN" || type == "JSON" || type == "VARCHAR" ||
                 type.starts_with("DECIMAL(") || type.ends_with("INT") || type == "INTEGER" || type == "UINTEGER");
  return as_is ? fmt::format("to_json({})", value) : fmt::format("to_json(CAST({} AS VARCHAR))", value);
}

std::string json_line(const Program& program) {
  std::string line;
  for (const auto& name : program.input_columns) {
    const auto place = place_of(program, name);
    const auto key = fmt::format("{}to_json({}) || ':'", line.empty() ? "'{' || " : " || ',' || ",
                                 quote_literal(program.input[place].name));
    line += fmt::format("{} || coalesce(CAST({} AS VARCHAR), 'null')", key,
                        json_value(fmt::format("c{}", place), program.input[place].type));
  }
  return line + " || '}'";
}

std::string csv_value(const std::string& value, const std::string& type) {
  const auto parsed = parse_type(type);
  const bool nested = parsed && parsed->is_nested();
  if (type == "FLOAT" || type == "DOUBLE")
    return fmt::format(
        "coalesce(CASE WHEN isnan({0}) THEN 'NaN' WHEN isinf({0}) THEN CASE WHEN {0} > 0 THEN 'Infinity' "
        "ELSE '-Infinity' END ELSE CAST({0} AS VARCHAR) END, '')",
        value);
  const auto text =
      nested ? fmt::format("CAST(to_json({}) AS VARCHAR)", value) : fmt::format("CAST({} AS VARCHAR)", value);
  return fmt::format(
      "CASE WHEN {1} IS NULL THEN '' WHEN regexp_matches({0}, '^$|[\",\\r\\n]') THEN '\"' || replace({0}, '\"', "
      "'\"\"') "
      "|| '\"' ELSE {0} END",
      text, value);
}

std::string csv_line(const Program& program) {
  std::string line;
  for (const auto& name : program.input_columns) {
    const auto place = place_of(program, name);
    if (!line.empty()) line += " || ',' || ";
    line += csv_value(fmt::format("c{}", place), program.input[place].type);
  }
  return line;
}

std::string line_sql(const Program& program) {
  return program.format == Format::csv ? csv_line(program) : json_line(program);
}

/// Whether the query says in which order its rows come.
Result<bool> is_ordered(Database& database, const std::string& sql) {
  MATVIEW_ASSIGN(const auto rows,
                 database.rows(fmt::format("SELECT contains(CAST(json_extract(json_serialize_sql({}), "
                                           "'$.statements[0].node.modifiers[*].type') AS VARCHAR), 'ORDER_MODIFIER')",
                                           quote_literal(sql))));
  return rows.front().front() == "true";
}

Result<void> check_columns(Database& database, const Program& program, const std::string& sql) {
  MATVIEW_ASSIGN(const auto columns, database.describe(sql));
  const auto& created = program.input;
  std::string difference;
  if (columns.size() != created.size())
    difference = fmt::format("there were {} columns and are {}", created.size(), columns.size());
  const auto is_named = [&](std::size_t i) {
    return columns[i].name == created[i].name || holds_subquery(created[i].name);
  };
  for (std::size_t i = 0; i < columns.size() && difference.empty(); ++i)
    if (!is_named(i) || columns[i].type != created[i].type)
      difference = fmt::format("column {} was '{}' {} and is '{}' {}", i + 1, created[i].name, created[i].type,
                               columns[i].name, columns[i].type);
  if (difference.empty()) return {};
  return fail(Error(ErrorCode::failed, "its query's columns are no longer those it was created with: " + difference)
                  .with_hint("create it again with --replace to take the new columns"));
}

/// Source rows with their ids: the hash of what the program is told, and among equal rows a number.
std::string chunker_units(const Program& program, const std::string& query) {
  return fmt::format(
      "SELECT CASE WHEN n = 1 THEN h ELSE h || '-' || n END AS unit, line FROM (SELECT h, line, row_number() OVER "
      "(PARTITION BY h) AS n FROM (SELECT left(sha256(line), 32) AS h, line FROM (SELECT {} AS line FROM (\n{}\n) AS "
      "q({}))))",
      line_sql(program), without_terminator(query), numbered(program.input.size()));
}

/// Puts the id first into each line.
std::string line_with_id(Format format) {
  if (format == Format::csv) return "unit || ',' || line";
  return fmt::format("'{{\"{}\":\"' || unit || '\",' || line[2:]", k_source_row_id);
}

std::vector<Task> even_tasks(std::int64_t rows, std::int64_t size) {
  std::vector<Task> tasks;
  for (std::int64_t first = 0; first < rows; first += size)
    tasks.push_back({first, std::min(size, rows - first), "", ""});
  return tasks;
}

class Preparation {
 public:
  Preparation(Database& database, const Program& program, const InputRequest& request, Control& control,
              const std::string& view)
      : database_(database), program_(program), request_(request), control_(control), view_(view) {}

  Result<Input> chunker() {
    MATVIEW_TRY(make(k_lines_table, chunker_units(program_, request_.sql)));
    MATVIEW_TRY(make(k_unit_table, fmt::format("SELECT unit FROM {}", k_lines_table)));
    // A limit is on the rows of the first ids, so that it means the same rows whatever the way to them.
    MATVIEW_TRY(make(k_input_table,
                     fmt::format("SELECT unit, {} AS line FROM {}{}{}", line_with_id(program_.format), k_lines_table,
                                 unknown("unit"), program_.output_limit ? " ORDER BY unit" : "")));
    MATVIEW_TRY(database_.execute(fmt::format("DROP TABLE {}", k_lines_table)));
    MATVIEW_ASSIGN(auto input, counted());
    const auto even = (input.rows + request_.workers - 1) / request_.workers;
    const auto size = program_.split.task_size.value_or(std::clamp<std::int64_t>(even, 1, k_task_rows));
    input.tasks = even_tasks(input.rows, size);
    return input;
  }

  Result<Input> udtf() {
    MATVIEW_ASSIGN(const bool ordered, is_ordered(database_, request_.sql));
    std::vector<std::string> keys;
    for (const auto& name : program_.partition_by)
      keys.push_back(fmt::format("k{} := c{}", keys.size(), place_of(program_, name)));
    const auto key = keys.empty() ? std::string("''")
                                  : fmt::format("CAST(to_json(struct_pack({})) AS VARCHAR)", fmt::join(keys, ", "));
    // Without an ORDER BY a query's rows may come in any order, so they are given in one of our own: the same rows
    // always make the same input.
    MATVIEW_TRY(make(k_lines_table, fmt::format("SELECT {} AS part, {} AS line, {} AS place FROM (\n{}\n) AS q({})",
                                                key, line_sql(program_), ordered ? "row_number() OVER ()" : "0::BIGINT",
                                                without_terminator(request_.sql), numbered(program_.input.size()))));
    const std::string counted_line =
        ordered ? "row_number() OVER (PARTITION BY part ORDER BY place) || ':' || line" : "line";
    auto units = fmt::format(
        "SELECT part, left(sha256(part || ':' || count(*) || ':' || sum(md5_number_lower(text)::HUGEINT) || ':' || "
        "sum(md5_number_upper(text)::HUGEINT)), 32) AS unit FROM (SELECT part, {} AS text FROM {}) GROUP BY part",
        counted_line, k_lines_table);
    // What is not parted is one part, also where it has no rows.
    if (keys.empty())
      units += fmt::format(" UNION ALL SELECT '', left(sha256('empty'), 32) WHERE NOT EXISTS (FROM {})", k_lines_table);
    MATVIEW_TRY(make(k_unit_table, units));
    MATVIEW_TRY(make("__matview_run", fmt::format("SELECT part, unit FROM {}{}", k_unit_table, unknown("unit"))));
    MATVIEW_TRY(
        make(k_input_table, fmt::format("SELECT l.part, l.line FROM {} AS l SEMI JOIN __matview_run AS r ON l.part = "
                                        "r.part ORDER BY l.part, l.place, l.line",
                                        k_lines_table)));
    MATVIEW_TRY(database_.execute(fmt::format("DROP TABLE {}", k_lines_table)));
    MATVIEW_ASSIGN(auto input, counted());
    MATVIEW_ASSIGN(
        const auto parts,
        database_.run(fmt::format("SELECT r.part, r.unit, coalesce(i.first, 0), coalesce(i.n, 0) FROM "
                                  "__matview_run AS r LEFT JOIN (SELECT part, min(rowid) AS first, count(*) AS n "
                                  "FROM {} GROUP BY part) AS i ON r.part = i.part ORDER BY 3",
                                  k_input_table),
                      control_, view_));
    for (const auto& part : parts)
      input.tasks.push_back(
          {number(part[2]), number(part[3]), part[1].value_or(""), partition_text(part[0].value_or(""))});
    return input;
  }

 private:
  Result<void> make(std::string_view table, const std::string& sql) {
    MATVIEW_TRY(database_.run(fmt::format("CREATE OR REPLACE TEMP TABLE {} AS {}", table, sql), control_, view_));
    return {};
  }

  std::string unknown(std::string_view column) const {
    if (request_.known_sql.empty()) return {};
    return fmt::format(" WHERE {} NOT IN ({})", column, request_.known_sql);
  }

  Result<Input> counted() {
    Input input;
    MATVIEW_ASSIGN(const auto rows,
                   database_.rows(fmt::format("SELECT (SELECT count(*) FROM {}), (SELECT count(*) FROM {})",
                                              k_input_table, k_unit_table)));
    input.rows = number(rows[0][0]);
    input.units = number(rows[0][1]);
    return input;
  }

  /// {"k0":1,"k1":"a"} as the user would say it.
  std::string partition_text(std::string text) const {
    for (std::size_t i = 0; i < program_.partition_by.size(); ++i) {
      const auto key = fmt::format("\"k{}\":", i);
      if (const auto at = text.find(key); at != std::string::npos)
        text.replace(at, key.size(), program_.partition_by[i] + " = ");
    }
    return text.size() > 2 ? text.substr(1, text.size() - 2) : std::string();
  }

  Database& database_;
  const Program& program_;
  const InputRequest& request_;
  Control& control_;
  const std::string& view_;
};

std::string csv_header(const std::string& kind, const Program& program) {
  std::string header;
  if (kind == "chunker") header = k_source_row_id;
  for (const auto& name : program.input_columns) {
    if (!header.empty()) header += ',';
    header += csv_field(program.input[place_of(program, name)].name);
  }
  return header + "\n";
}

}  // namespace

Result<Input> prepare_input(Database& database, const std::string& kind, const Program& program,
                            const InputRequest& request, Control& control, const std::string& view) {
  MATVIEW_TRY(check_columns(database, program, request.sql));
  Preparation preparation(database, program, request, control, view);
  MATVIEW_ASSIGN(auto input, kind == "chunker" ? preparation.chunker() : preparation.udtf());
  if (program.format == Format::csv) input.header = csv_header(kind, program);
  return input;
}

}  // namespace matview::engine::udtf
