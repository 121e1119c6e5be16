#include <array>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/file_formats.hpp"

namespace matview::engine {

namespace {

/// What text of a type looks like that DuckDB would convert all the same, with another meaning. {} is the text.
struct Check {
  std::string_view type;
  std::string_view suspicious;
};

constexpr std::string_view k_fraction = "contains({}, '.') OR contains({}, 'e') OR contains({}, 'E')";

constexpr std::array<Check, 13> k_checks{
    {{"TINYINT", k_fraction},
     {"SMALLINT", k_fraction},
     {"INTEGER", k_fraction},
     {"BIGINT", k_fraction},
     {"HUGEINT", k_fraction},
     {"UTINYINT", k_fraction},
     {"USMALLINT", k_fraction},
     {"UINTEGER", k_fraction},
     {"UBIGINT", k_fraction},
     {"BOOLEAN", "{} IN ('0', '1')"},
     {"DATE", "contains({}, ':')"},
     {"TIME", "contains({}, '-')"},
     {"TIMESTAMP", "contains(substr({}, 12), '+') OR contains(substr({}, 12), '-')"}}};

const Check* find_check(const std::string& type) {
  for (const auto& check : k_checks)
    if (check.type == type) return &check;
  return nullptr;
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

}  // namespace

bool has_check(const std::string& type) { return find_check(type) != nullptr; }

std::string checked_cast(const Column& column, const std::string& filename) {
  const auto& [name, type] = column;
  const auto path = quote_identifier(filename.empty() ? "filename" : filename);
  const auto value = quote_identifier(name);
  const auto cast = "TRY_CAST(" + value + " AS " + type + ")";
  const auto suspicious = replaced(std::string(find_check(type)->suspicious), "{}", value);
  const auto message = "concat('''', " + path + ", ''' no longer fits the view: column ', " + quote_literal(name) +
                       ", ' has the value \"', " + value + ", '\", which is no " + type + "')";
  return "CASE WHEN " + value + " IS NOT NULL AND (" + cast + " IS NULL OR " + suspicious + ") THEN CAST(error(" +
         message + ") AS " + type + ") ELSE " + cast + " END AS " + value;
}

}  // namespace matview::engine
