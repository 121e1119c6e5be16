#include "engine/duckdb/scalar_function.hpp"

#include <string>

#include "engine/duckdb/handles.hpp"

namespace matview::engine {

Result<void> add_function(const DuckDbApi& api, duckdb_connection connection, const Predicate& predicate) {
  duckdb_scalar_function function = api.create_scalar_function();
  const std::string name(predicate.name);
  api.scalar_function_set_name(function, name.c_str());
  for (const auto type : predicate.parameters) {
    TypeHandle parameter(api, api.create_logical_type(type));
    api.scalar_function_add_parameter(function, parameter.get());
  }
  TypeHandle result(api, api.create_logical_type(DUCKDB_TYPE_BOOLEAN));
  api.scalar_function_set_return_type(function, result.get());
  api.scalar_function_set_extra_info(function, predicate.owner, nullptr);
  api.scalar_function_set_function(function, predicate.answer);
  const bool added = api.register_scalar_function(connection, function) == DuckDBSuccess;
  api.destroy_scalar_function(&function);
  if (!added) return fail(ErrorCode::internal, "DuckDB refuses the function " + name);
  return {};
}

}  // namespace matview::engine
