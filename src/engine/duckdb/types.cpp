#include "engine/duckdb/types.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "engine/duckdb/database.hpp"
#include "engine/duckdb/sql_text.hpp"
#include "engine/lake/type_text.hpp"

namespace matview::engine {

namespace {

/// Scalars that Parquet, as DuckDB 1.5 writes it, brings back as they were.
constexpr std::array<std::string_view, 20> k_exact{"BOOLEAN", "TINYINT",   "SMALLINT",     "INTEGER",
                                                   "BIGINT",  "UTINYINT",  "USMALLINT",    "UINTEGER",
                                                   "UBIGINT", "FLOAT",     "DOUBLE",       "VARCHAR",
                                                   "BLOB",    "UUID",      "JSON",         "DATE",
                                                   "TIME",    "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"};

/// Scalars whose text DuckDB reads back as the same value.
constexpr std::array<std::string_view, 6> k_as_text{"UHUGEINT", "TIME WITH TIME ZONE", "TIME_NS", "BIT", "BIGNUM",
                                                    "INTERVAL"};

constexpr std::string_view k_hugeint_storage = "DECIMAL(38,0)";

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TypeText scalar(std::string_view name) {
  TypeText type;
  type.name = std::string(name);
  return type;
}

/// Why a type cannot be stored, as the end of a sentence; the hint beside it.
struct Refusal {
  std::string why;
  std::string hint;
};

using Stored = tl::expected<TypeText, Refusal>;

Stored store_scalar(const TypeText& type, HugeintAs hugeint) {
  if (type.name == "HUGEINT") return scalar(hugeint == HugeintAs::decimal ? k_hugeint_storage : "VARCHAR");
  if (type.name == "NULL") return scalar("INTEGER");
  // Parquet knows milliseconds, but DuckDB reads them as microseconds, of which these are a part.
  if (type.name == "TIMESTAMP_S" || type.name == "TIMESTAMP_MS") return scalar("TIMESTAMP");
  if (contains(k_as_text, type.name)) return scalar("VARCHAR");
  if (contains(k_exact, type.name) || type.name.starts_with("DECIMAL(")) return type;
  return tl::unexpected(
      Refusal{"a Parquet file cannot hold " + type.name + " exactly", "cast it in the query, as to VARCHAR or BLOB"});
}

Stored store(const TypeText& type, HugeintAs hugeint) {
  switch (type.kind) {
    case TypeText::Kind::scalar: return store_scalar(type, hugeint);
    case TypeText::Kind::enumeration: return scalar("VARCHAR");
    case TypeText::Kind::union_:
      return tl::unexpected(
          Refusal{"a Parquet file cannot hold a UNION", "take the member with union_extract, or cast it"});
    default: break;
  }
  TypeText stored = type;
  if (type.kind == TypeText::Kind::array) {
    stored.kind = TypeText::Kind::list;
    stored.size = 0;
  }
  if (type.kind == TypeText::Kind::structure &&
      (type.fields.empty() ||
       std::any_of(type.fields.begin(), type.fields.end(), [](const TypeField& field) { return field.name.empty(); })))
    return tl::unexpected(Refusal{"its fields have no names", "use struct_pack(name := value, …)"});
  for (auto& field : stored.fields) {
    auto inner = store(field.type, hugeint);
    if (!inner) return inner;
    field.type = *std::move(inner);
  }
  return stored;
}

/// True where a value might not come back: DuckDB does not read every INTERVAL it can print.
bool needs_proof(const TypeText& type) {
  return type.name == "INTERVAL" || std::any_of(type.fields.begin(), type.fields.end(),
                                                [](const TypeField& field) { return needs_proof(field.type); });
}

std::string cast(const std::string& value, const std::string& type) { return "CAST(" + value + " AS " + type + ")"; }

std::string positions(std::size_t count) {
  std::string names;
  for (std::size_t i = 0; i < count; ++i) names += (i ? ", c" : "c") + std::to_string(i);
  return names;
}

/// DuckDB takes a DECIMAL(38,0) for a HUGEINT by dividing it bit by bit, which takes ten times as long as all else that
/// is done to read it. Numbers of up to 18 digits, as nearly all are, come back faster by way of a BIGINT.
std::string decoded(const std::string& name, const StoredColumn& column) {
  const auto whole = cast(name, column.type);
  if (column.type != "HUGEINT" || column.storage_type != k_hugeint_storage) return whole;
  return "coalesce(" + cast("TRY_CAST(TRY_CAST(" + name + " AS DECIMAL(18,0)) AS BIGINT)", "HUGEINT") + ", " + whole +
         ")";
}

}  // namespace

Result<std::vector<StoredColumn>> storage_columns(const std::vector<Column>& columns, HugeintAs hugeint) {
  std::vector<StoredColumn> result;
  std::map<std::string, std::string> seen;
  for (const auto& column : columns) {
    const auto [first, is_new] = seen.emplace(fold_case(column.name), column.name);
    if (!is_new)
      return fail(Error(ErrorCode::usage, "the query has two columns '" + column.name + "'" +
                                              (first->second == column.name ? "" : " and '" + first->second + "'"))
                      .with_hint("name one of them with AS"));
    MATVIEW_ASSIGN(const auto type, parse_type(column.type));
    const auto stored = store(type, hugeint);
    if (!stored)
      return fail(Error(ErrorCode::unsupported, "column '" + column.name + "' of type " + column.type +
                                                    " cannot be stored: " + stored.error().why)
                      .with_hint(stored.error().hint));
    result.push_back({column.name, type.name == "NULL" ? "INTEGER" : column.type, to_string(*stored)});
  }
  return result;
}

bool is_stored_as_is(const StoredColumn& column) {
  if (column.type == column.storage_type) return true;
  // DuckDB quotes a field's name only where it must; the same type can be spelt in two ways.
  const auto type = parse_type(column.type);
  const auto stored = parse_type(column.storage_type);
  return type && stored && *type == *stored;
}

bool is_hugeint_overflow(const Error& error) {
  return error.code == ErrorCode::failed && error.message.find(k_hugeint_storage) != std::string::npos;
}

std::string encode_value(const std::string& value, const StoredColumn& column) {
  if (is_stored_as_is(column)) return value;
  const auto stored = cast(value, column.storage_type);
  const auto type = parse_type(column.type);
  if (!type || !needs_proof(*type)) return stored;
  const auto message = "column " + column.name + " has an INTERVAL too long to be stored";
  return "CASE WHEN TRY_CAST(" + stored + " AS " + column.type + ") IS DISTINCT FROM " + value + " THEN " +
         cast("error(" + quote_literal(message) + ")", column.storage_type) + " ELSE " + stored + " END";
}

std::string encode_sql(std::string_view query, const std::vector<StoredColumn>& columns) {
  std::string select;
  for (std::size_t i = 0; i < columns.size(); ++i)
    select += (i ? ", " : "") + encode_value("c" + std::to_string(i), columns[i]) + " AS " +
              quote_identifier(columns[i].name);
  return "SELECT " + select + " FROM (\n" + std::string(without_terminator(query)) + "\n) AS q(" +
         positions(columns.size()) + ")";
}

bool has_coarse_equality(std::string_view type) {
  return type.find("INTERVAL") != std::string_view::npos || type.find("TIME WITH TIME ZONE") != std::string_view::npos;
}

bool has_coarse_equality(const std::vector<Column>& columns) {
  return std::any_of(columns.begin(), columns.end(),
                     [](const Column& column) { return has_coarse_equality(column.type); });
}

std::vector<StoredColumn> compared_columns(std::vector<StoredColumn> columns) {
  for (auto& column : columns)
    if (has_coarse_equality(column.type)) column.type = column.storage_type;
  return columns;
}

std::vector<StoredColumn> coarse_columns(std::vector<StoredColumn> columns) {
  for (auto& column : columns)
    if (!has_coarse_equality(column.type)) column.storage_type = column.type;
  return columns;
}

std::string compared_sql(std::string_view query, const std::vector<StoredColumn>& columns) {
  if (compared_columns(columns) == columns) return std::string(query);
  return encode_sql(query, coarse_columns(columns));
}

std::string decode_sql(std::string_view relation, const std::vector<StoredColumn>& columns) {
  std::string select;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto name = quote_identifier(columns[i].name);
    const bool same = is_stored_as_is(columns[i]);
    select += (i ? ", " : "") + (same ? name : decoded(name, columns[i]) + " AS " + name);
  }
  return "SELECT " + select + " FROM " + std::string(relation);
}

}  // namespace matview::engine
