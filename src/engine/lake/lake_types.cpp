#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "engine/lake/lake.hpp"

namespace matview::engine {

namespace {

// DuckLake specification, "Data Types", and those its reference implementation has beyond it. DuckDB's canonical
// spelling first: it is what duckdb_type_name answers.
constexpr std::array<std::pair<std::string_view, std::string_view>, 33> k_types{{
    {"BOOLEAN", "boolean"},
    {"TINYINT", "int8"},
    {"SMALLINT", "int16"},
    {"INTEGER", "int32"},
    {"BIGINT", "int64"},
    {"HUGEINT", "int128"},
    {"UTINYINT", "uint8"},
    {"USMALLINT", "uint16"},
    {"UINTEGER", "uint32"},
    {"UBIGINT", "uint64"},
    {"UHUGEINT", "uint128"},
    {"FLOAT", "float32"},
    {"DOUBLE", "float64"},
    {"TIME", "time"},
    {"TIME_NS", "time_ns"},
    {"TIME WITH TIME ZONE", "timetz"},
    {"DATE", "date"},
    {"TIMESTAMP", "timestamp"},
    {"TIMESTAMP", "timestamp_us"},
    {"TIMESTAMP_S", "timestamp_s"},
    {"TIMESTAMP_MS", "timestamp_ms"},
    {"TIMESTAMP_NS", "timestamp_ns"},
    {"TIMESTAMP WITH TIME ZONE", "timestamptz"},
    {"TIMESTAMPTZ", "timestamptz"},
    {"TIMETZ", "timetz"},
    {"INTERVAL", "interval"},
    {"VARCHAR", "varchar"},
    {"BLOB", "blob"},
    {"UUID", "uuid"},
    {"JSON", "json"},
    {"VARIANT", "variant"},
    {"GEOMETRY", "geometry"},
    {"TIMESTAMPTZ_NS", "timestamptz_ns"},
}};

bool is_decimal(std::string_view type) { return type.starts_with("decimal(") && type.ends_with(")"); }

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text)
    if (c != ' ') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

Result<std::string> lake_type_name(std::string_view duckdb_type) {
  const std::string wanted = upper(duckdb_type);
  for (const auto& [duckdb, lake] : k_types)
    if (duckdb == wanted) return std::string(lake);
  if (std::string decimal = lower(duckdb_type); is_decimal(decimal)) return decimal;
  return fail(ErrorCode::unsupported, "DuckLake has no type for " + std::string(duckdb_type));
}

Result<std::string> duckdb_type_name(std::string_view lake_type) {
  const std::string wanted = lower(lake_type);
  for (const auto& [duckdb, lake] : k_types)
    if (lake == wanted) return std::string(duckdb);
  if (is_decimal(wanted)) return upper(wanted);
  return fail(ErrorCode::unsupported, "cannot read the DuckLake type '" + std::string(lake_type) + "'");
}

}  // namespace matview::engine
