#include "engine/duckdb/cells.hpp"

#include <vector>

#include "engine/duckdb/handles.hpp"

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

/// The cell as a value of DuckDB's own, to be turned to text by it.
Result<ValueHandle> value_of(const DuckDbApi& api, duckdb_logical_type type, duckdb_vector vector, idx_t row);

Result<std::vector<ValueHandle>> list_values(const DuckDbApi& api, duckdb_logical_type child, duckdb_vector vector,
                                             idx_t row) {
  const auto entry = cell<duckdb_list_entry>(api, vector, row);
  std::vector<ValueHandle> values;
  for (idx_t i = 0; i < entry.length; ++i) {
    MATVIEW_ASSIGN(auto value, value_of(api, child, api.list_vector_get_child(vector), entry.offset + i));
    values.push_back(std::move(value));
  }
  return values;
}

std::vector<duckdb_value> borrowed(std::vector<ValueHandle>& handles) {
  std::vector<duckdb_value> values;
  for (auto& handle : handles) values.push_back(handle.get());
  return values;
}

Result<ValueHandle> map_value(const DuckDbApi& api, duckdb_logical_type type, duckdb_vector vector, idx_t row) {
  TypeHandle key(api, api.map_type_key_type(type));
  TypeHandle mapped(api, api.map_type_value_type(type));
  const auto entry = cell<duckdb_list_entry>(api, vector, row);
  auto* entries = api.list_vector_get_child(vector);
  std::vector<ValueHandle> keys;
  std::vector<ValueHandle> values;
  for (idx_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    MATVIEW_ASSIGN(auto k, value_of(api, key.get(), api.struct_vector_get_child(entries, 0), i));
    MATVIEW_ASSIGN(auto v, value_of(api, mapped.get(), api.struct_vector_get_child(entries, 1), i));
    keys.push_back(std::move(k));
    values.push_back(std::move(v));
  }
  return ValueHandle(api, api.create_map_value(type, borrowed(keys).data(), borrowed(values).data(), keys.size()));
}

Result<ValueHandle> struct_value(const DuckDbApi& api, duckdb_logical_type type, duckdb_vector vector, idx_t row) {
  std::vector<ValueHandle> fields;
  for (idx_t i = 0; i < api.struct_type_child_count(type); ++i) {
    TypeHandle child(api, api.struct_type_child_type(type, i));
    MATVIEW_ASSIGN(auto value, value_of(api, child.get(), api.struct_vector_get_child(vector, i), row));
    fields.push_back(std::move(value));
  }
  return ValueHandle(api, api.create_struct_value(type, borrowed(fields).data()));
}

Result<ValueHandle> value_of(const DuckDbApi& api, duckdb_logical_type type, duckdb_vector vector, idx_t row) {
  if (is_null(api, vector, row)) return ValueHandle(api, api.create_null_value());
  switch (api.get_type_id(type)) {
    case DUCKDB_TYPE_BOOLEAN: return ValueHandle(api, api.create_bool(cell<bool>(api, vector, row)));
    case DUCKDB_TYPE_BIGINT: return ValueHandle(api, api.create_int64(cell<std::int64_t>(api, vector, row)));
    case DUCKDB_TYPE_UBIGINT: return ValueHandle(api, api.create_uint64(cell<std::uint64_t>(api, vector, row)));
    case DUCKDB_TYPE_DOUBLE: return ValueHandle(api, api.create_double(cell<double>(api, vector, row)));
    case DUCKDB_TYPE_VARCHAR: {
      const auto text = string_cell(api, vector, row);
      return ValueHandle(api, api.create_varchar_length(text.data(), text.size()));
    }
    case DUCKDB_TYPE_MAP: return map_value(api, type, vector, row);
    case DUCKDB_TYPE_STRUCT: return struct_value(api, type, vector, row);
    case DUCKDB_TYPE_LIST: {
      TypeHandle child(api, api.list_type_child_type(type));
      MATVIEW_ASSIGN(auto values, list_values(api, child.get(), vector, row));
      return ValueHandle(api, api.create_list_value(child.get(), borrowed(values).data(), values.size()));
    }
    default: return fail(ErrorCode::internal, "a statement returned a type that has no text here");
  }
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

Result<std::optional<std::string>> cell_text(const DuckDbApi& api, duckdb_logical_type type, duckdb_vector vector,
                                             idx_t row) {
  using Text = std::optional<std::string>;
  if (is_null(api, vector, row)) return Text();
  switch (api.get_type_id(type)) {
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
    default: break;
  }
  MATVIEW_ASSIGN(auto value, value_of(api, type, vector, row));
  char* text = api.get_varchar(value.get());
  if (!text) return fail(ErrorCode::internal, "DuckDB gave no text for a value");
  Text result(text);
  api.free(text);
  return result;
}

}  // namespace matview::engine
