#include "oracle.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace matview::property {

namespace {

using Row = std::vector<std::optional<std::string>>;

bool is_float(const std::string& type) { return type == "FLOAT" || type == "DOUBLE"; }

bool is_close(const std::optional<std::string>& left, const std::optional<std::string>& right) {
  if (left == right) return true;
  if (!left || !right) return false;
  const double l = std::strtod(left->c_str(), nullptr);
  const double r = std::strtod(right->c_str(), nullptr);
  // Where all terms cancel out, what is left is rounding: nothing is relative to it.
  return std::fabs(l - r) <= 1e-9 * std::max({std::fabs(l), std::fabs(r), 1e-3});
}

bool is_close(const Row& left, const Row& right, const std::vector<Column>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (is_float(columns[i].type) ? !is_close(left[i], right[i]) : left[i] != right[i]) return false;
  return true;
}

std::string to_text(const Row& row) {
  std::string text;
  for (const auto& cell : row) text += (text.empty() ? "" : " | ") + cell.value_or("NULL");
  return text;
}

/// Takes pairs that differ by rounding only out of both lists.
void remove_close(std::vector<Row>& left, std::vector<Row>& right, const std::vector<Column>& columns) {
  for (auto row = left.begin(); row != left.end();) {
    auto twin = right.begin();
    while (twin != right.end() && !is_close(*row, *twin, columns)) ++twin;
    if (twin == right.end()) {
      ++row;
      continue;
    }
    right.erase(twin);
    row = left.erase(row);
  }
}

}  // namespace

std::string in_quotes(const std::string& name) { return engine::quote_identifier(name); }

Oracle::Oracle(const std::filesystem::path& directory) {
  engine::DatabaseOptions options;
  options.threads = 1;
  options.memory_limit = "2GB";
  options.file_search_path = directory;
  auto database = engine::Database::open(options);
  if (!database) throw std::runtime_error(database.error().message);
  database_ = *std::move(database);
  // What an optimizer gets wrong would be wrong on both sides.
  must("PRAGMA disable_optimizer");
  must("CREATE SCHEMA remembered");
}

void Oracle::must(const std::string& sql) {
  if (auto done = database_->execute(sql); !done) throw std::runtime_error(done.error().message + "\n" + sql);
}

Result<std::int64_t> Oracle::compute(const std::string& view, const std::string& sql) {
  MATVIEW_ASSIGN(const auto made,
                 database_->rows(fmt::format("CREATE OR REPLACE TABLE {} AS {}", in_quotes(view), sql)));
  return std::strtoll(made.at(0).at(0).value_or("0").c_str(), nullptr, 10);
}

void Oracle::set_time(std::int64_t seconds) {
  const auto time = fmt::format("make_timestamp({} * 1000000::BIGINT)", seconds);
  for (const auto* name : {"now", "get_current_timestamp", "transaction_timestamp"})
    must(fmt::format("CREATE OR REPLACE TEMP MACRO {}() AS {}::TIMESTAMPTZ", name, time));
  for (const auto* name : {"current_date", "today"})
    must(fmt::format("CREATE OR REPLACE TEMP MACRO {}() AS {}::DATE", name, time));
  must(fmt::format("CREATE OR REPLACE TEMP MACRO current_localtimestamp() AS {}", time));
}

std::string Oracle::remembered(const std::string& view, std::int64_t version) {
  return "remembered." + in_quotes(fmt::format("{}@{}", view, version));
}

void Oracle::remember(const std::string& view, std::int64_t version) {
  must(fmt::format("CREATE OR REPLACE TABLE {} AS FROM {}", remembered(view, version), in_quotes(view)));
}

Result<std::string> Oracle::difference(const std::string& expected, const std::string& stored,
                                       const std::vector<Column>& columns) {
  std::string names;
  std::string compared;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += fmt::format("{}c{}", i ? ", " : "", i);
    // Of these some are equal that are not the same.
    const bool as_text = columns[i].type.find("INTERVAL") != std::string::npos;
    compared += fmt::format("{}c{}{}", i ? ", " : "", i, as_text ? "::VARCHAR" : "");
  }
  // One pass over both: equal rows cancel out.
  const auto sql = fmt::format(
      "SELECT n, * EXCLUDE (n) FROM (SELECT {3}, sum(w)::BIGINT AS n FROM (SELECT *, 1 FROM ({1}) UNION ALL SELECT *,"
      " -1 FROM ({2})) AS sides({0}, w) GROUP BY ALL) WHERE n <> 0 LIMIT 2000",
      names, expected, stored, compared);
  MATVIEW_ASSIGN(auto rows, database_->rows(sql));
  if (rows.empty()) return std::string();
  std::vector<Row> missing;
  std::vector<Row> extra;
  for (auto& row : rows) {
    const auto n = std::strtoll(row[0].value_or("0").c_str(), nullptr, 10);
    row.erase(row.begin());
    for (std::int64_t i = 0; i < std::llabs(n); ++i) (n > 0 ? missing : extra).push_back(row);
  }
  remove_close(missing, extra, columns);
  if (missing.empty() && extra.empty()) return std::string();
  std::string text = fmt::format("{} rows missing, {} too many\n", missing.size(), extra.size());
  for (std::size_t i = 0; i < missing.size() && i < 5; ++i) text += "  expected " + to_text(missing[i]) + "\n";
  for (std::size_t i = 0; i < extra.size() && i < 5; ++i) text += "  stored   " + to_text(extra[i]) + "\n";
  return text;
}

std::int64_t Oracle::count(const std::string& relation) {
  const auto rows = database_->rows("SELECT count(*) FROM " + relation);
  if (!rows) throw std::runtime_error(rows.error().message);
  return std::strtoll(rows->at(0).at(0).value_or("0").c_str(), nullptr, 10);
}

}  // namespace matview::property
