#pragma once

#include <duckdb.h>

#include "matview/result.hpp"

namespace matview::engine {

/// The functions of DuckDB's C API that this folder calls.
#define MATVIEW_DUCKDB_FUNCTIONS(X)         \
  X(create_config)                          \
  X(set_config)                             \
  X(destroy_config)                         \
  X(open_ext)                               \
  X(close)                                  \
  X(connect)                                \
  X(disconnect)                             \
  X(interrupt)                              \
  X(query_progress)                         \
  X(library_version)                        \
  X(free)                                   \
  X(query)                                  \
  X(destroy_result)                         \
  X(result_error)                           \
  X(column_count)                           \
  X(column_name)                            \
  X(column_type)                            \
  X(fetch_chunk)                            \
  X(destroy_data_chunk)                     \
  X(data_chunk_get_size)                    \
  X(data_chunk_get_column_count)            \
  X(data_chunk_get_vector)                  \
  X(vector_get_data)                        \
  X(vector_get_validity)                    \
  X(validity_row_is_valid)                  \
  X(list_vector_get_child)                  \
  X(struct_vector_get_child)                \
  X(string_t_length)                        \
  X(string_t_data)                          \
  X(destroy_logical_type)                   \
  X(get_type_id)                            \
  X(logical_type_get_alias)                 \
  X(decimal_width)                          \
  X(decimal_scale)                          \
  X(extract_statements)                     \
  X(extract_statements_error)               \
  X(destroy_extracted)                      \
  X(prepare_extracted_statement)            \
  X(prepare_error)                          \
  X(destroy_prepare)                        \
  X(nparams)                                \
  X(prepared_statement_type)                \
  X(prepared_statement_column_count)        \
  X(prepared_statement_column_name)         \
  X(prepared_statement_column_logical_type) \
  X(pending_prepared)                       \
  X(pending_prepared_streaming)             \
  X(pending_error)                          \
  X(execute_pending)                        \
  X(destroy_pending)                        \
  X(create_logical_type)                    \
  X(create_scalar_function)                 \
  X(destroy_scalar_function)                \
  X(scalar_function_set_name)               \
  X(scalar_function_add_parameter)          \
  X(scalar_function_set_return_type)        \
  X(scalar_function_set_extra_info)         \
  X(scalar_function_get_extra_info)         \
  X(scalar_function_set_function)           \
  X(scalar_function_set_error)              \
  X(register_scalar_function)               \
  X(appender_create_ext)                    \
  X(append_varchar_length)                  \
  X(append_null)                            \
  X(appender_end_row)                       \
  X(appender_close)                         \
  X(appender_destroy)                       \
  X(appender_error_data)                    \
  X(error_data_message)                     \
  X(destroy_error_data)

/// Pointers into libduckdb, typed by duckdb.h's own prototypes: `api.query(…)` is `duckdb_query(…)`.
struct DuckDbApi {
#define MATVIEW_DUCKDB_MEMBER(name) decltype(&::duckdb_##name) name = nullptr;
  MATVIEW_DUCKDB_FUNCTIONS(MATVIEW_DUCKDB_MEMBER)
#undef MATVIEW_DUCKDB_MEMBER
};

/// Loads libduckdb on the first call, from any thread. It stays loaded. `failed` says where it was looked for.
Result<const DuckDbApi*> duckdb_api();

}  // namespace matview::engine
