#include "engine/duckdb/cells.hpp"

namespace matview::engine {

namespace {

bool is_null(const DuckDbApi& api, duckdb_vector vector, idx_t row) {
  auto* validity = api.vector_get_validity(vector);
  return validity && !api.validity_row_is_valid(validity, row);
}

template <typename T>
T cell(const DuckDbApi& api, duckdb_vector vector, idx_t row) {
  return static_cast<const T*>(api.vector_get_data(vector))[row];
}

std::string string_cell(const DuckDbApi& api, duckdb_vector vector, idx_t row) {
  auto* text = static_cast<duckdb_string_t*>(api.vector_get_data(vector)) + row;
  return {api.string_t_data(text), api.string_t_length(*text)};
}

/// Takes `"s"."x y"` apart.
std::vector<std::string> split_path(std::string_view text) {
  std::vector<std::string> path;
  std::size_t at = 0;
  while (at < text.size() && text[at] == '"') {
    std::string name;
    for (++at; at < text.size() && (text[at] != '"' || text.substr(at, 2) == "\"\""); ++at) {
      name += text[at];
      if (text[at] == '"') ++at;
    }
    path.push_back(std::move(name));
    at += 2;  // the closing quote and the dot behind it
  }
  return path;
}

CopyResult::Statistics statistics(const DuckDbApi& api, duckdb_vector map, idx_t row) {
  CopyResult::Statistics result;
  auto* entries = api.list_vector_get_child(map);
  auto* keys = api.struct_vector_get_child(entries, 0);
  auto* values = api.struct_vector_get_child(entries, 1);
  const auto entry = cell<duckdb_list_entry>(api, map, row);
  for (idx_t i = entry.offset; i < entry.offset + entry.length; ++i)
    if (!is_null(api, values, i)) result[string_cell(api, keys, i)] = string_cell(api, values, i);
  return result;
}

}  // namespace

bool is_plain(const DuckDbApi& api, duckdb_logical_type type) {
  if (char* alias = api.logical_type_get_alias(type)) {
    api.free(alias);
    return false;
  }
  return !plain_type_name(api.get_type_id(type)).empty();
}

std::string plain_type_name(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return "BOOLEAN";
    case DUCKDB_TYPE_TINYINT: return "TINYINT";
    case DUCKDB_TYPE_SMALLINT: return "SMALLINT";
    case DUCKDB_TYPE_INTEGER: return "INTEGER";
    case DUCKDB_TYPE_BIGINT: return "BIGINT";
    case DUCKDB_TYPE_UTINYINT: return "UTINYINT";
    case DUCKDB_TYPE_USMALLINT: return "USMALLINT";
    case DUCKDB_TYPE_UINTEGER: return "UINTEGER";
    case DUCKDB_TYPE_UBIGINT: return "UBIGINT";
    case DUCKDB_TYPE_VARCHAR: return "VARCHAR";
    default: return "";
  }
}

std::string type_name(const DuckDbApi& api, duckdb_logical_type type) {
  if (char* alias = api.logical_type_get_alias(type)) {
    api.free(alias);
    return "";
  }
  switch (const auto id = api.get_type_id(type)) {
    case DUCKDB_TYPE_HUGEINT: return "HUGEINT";
    case DUCKDB_TYPE_FLOAT: return "FLOAT";
    case DUCKDB_TYPE_DOUBLE: return "DOUBLE";
    case DUCKDB_TYPE_DATE: return "DATE";
    case DUCKDB_TYPE_TIME: return "TIME";
    case DUCKDB_TYPE_TIMESTAMP: return "TIMESTAMP";
    case DUCKDB_TYPE_DECIMAL:
      return "DECIMAL(" + std::to_string(api.decimal_width(type)) + "," + std::to_string(api.decimal_scale(type)) + ")";
    default: return plain_type_name(id);
  }
}

Result<std::optional<std::string>> cell_text(const DuckDbApi& api, duckdb_type type, duckdb_vector vector, idx_t row) {
  using Text = std::optional<std::string>;
  if (is_null(api, vector, row)) return Text();
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return Text(cell<bool>(api, vector, row) ? "true" : "false");
    case DUCKDB_TYPE_TINYINT: return Text(std::to_string(cell<std::int8_t>(api, vector, row)));
    case DUCKDB_TYPE_SMALLINT: return Text(std::to_string(cell<std::int16_t>(api, vector, row)));
    case DUCKDB_TYPE_INTEGER: return Text(std::to_string(cell<std::int32_t>(api, vector, row)));
    case DUCKDB_TYPE_BIGINT: return Text(std::to_string(cell<std::int64_t>(api, vector, row)));
    case DUCKDB_TYPE_UTINYINT: return Text(std::to_string(cell<std::uint8_t>(api, vector, row)));
    case DUCKDB_TYPE_USMALLINT: return Text(std::to_string(cell<std::uint16_t>(api, vector, row)));
    case DUCKDB_TYPE_UINTEGER: return Text(std::to_string(cell<std::uint32_t>(api, vector, row)));
    case DUCKDB_TYPE_UBIGINT: return Text(std::to_string(cell<std::uint64_t>(api, vector, row)));
    case DUCKDB_TYPE_VARCHAR: return Text(string_cell(api, vector, row));
    default: return fail(ErrorCode::internal, "a statement returned a type that has no text here");
  }
}

Result<CopyResult> copy_result(const DuckDbApi& api, duckdb_data_chunk chunk) {
  if (!chunk || api.data_chunk_get_size(chunk) != 1 || api.data_chunk_get_column_count(chunk) < 5)
    return fail(ErrorCode::internal, "a COPY did not return the statistics of one file");
  const auto column = [&](idx_t i) { return api.data_chunk_get_vector(chunk, i); };
  CopyResult result;
  result.rows = static_cast<std::int64_t>(cell<std::uint64_t>(api, column(1), 0));
  result.bytes = static_cast<std::int64_t>(cell<std::uint64_t>(api, column(2), 0));
  result.footer_size = static_cast<std::int64_t>(cell<std::uint64_t>(api, column(3), 0));
  auto* entries = api.list_vector_get_child(column(4));
  const auto entry = cell<duckdb_list_entry>(api, column(4), 0);
  for (idx_t i = entry.offset; i < entry.offset + entry.length; ++i)
    result.columns.push_back({split_path(string_cell(api, api.struct_vector_get_child(entries, 0), i)),
                              statistics(api, api.struct_vector_get_child(entries, 1), i)});
  return result;
}

}  // namespace matview::engine
