# Finds libduckdb.so and duckdb.h: where DuckDB_ROOT says, where scripts/install-deps puts them, or in the system.
# Defines DuckDB_INCLUDE_DIR and DuckDB_LIBRARY. The library is loaded at run time, not linked (see src/engine/duckdb).
find_path(DuckDB_INCLUDE_DIR duckdb.h
  HINTS "${DuckDB_ROOT}" "${PROJECT_SOURCE_DIR}/.deps/duckdb" PATH_SUFFIXES include)
find_library(DuckDB_LIBRARY duckdb
  HINTS "${DuckDB_ROOT}" "${PROJECT_SOURCE_DIR}/.deps/duckdb" PATH_SUFFIXES lib)
mark_as_advanced(DuckDB_INCLUDE_DIR DuckDB_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB REQUIRED_VARS DuckDB_LIBRARY DuckDB_INCLUDE_DIR)
