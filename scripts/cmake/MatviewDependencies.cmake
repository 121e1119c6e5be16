# Finds everything matview is built from, the packager's own first, and names all that is missing at once.
set(matview_missing)

# matview_require(PACKAGE COMES_FROM...): find_package, remembering what was not found.
macro(matview_require package)
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND)
    list(APPEND matview_missing "${package} (${ARGN})")
  endif()
endmacro()

matview_require(Threads "the C library")
matview_require(fmt "Debian: libfmt-dev")
matview_require(tl-expected "Debian: libexpected-dev")
matview_require(nlohmann_json "Debian: nlohmann-json3-dev")
matview_require(tomlplusplus "Debian: libtomlplusplus-dev")
matview_require(CLI11 "Debian: libcli11-dev")
matview_require(SQLite3 "Debian: libsqlite3-dev")
matview_require(SQLiteCpp "Debian: libsqlitecpp-dev")
matview_require(xxHash "Debian: libxxhash-dev")
matview_require(CURL "Debian: libcurl4-openssl-dev")
matview_require(PostgreSQL "Debian: libpq-dev")
matview_require(FlatBuffers "Debian: libflatbuffers-dev")
matview_require(DuckDB "libduckdb.so and duckdb.h; your own: -DDuckDB_ROOT=FOLDER")
if(MATVIEW_TESTS)
  matview_require(doctest "Debian: doctest-dev")
endif()

if(matview_missing)
  list(JOIN matview_missing "\n  " matview_missing)
  message(FATAL_ERROR "These are missing:\n  ${matview_missing}\nscripts/install-deps installs them on Debian.")
endif()

# Whoever unpacks the archive need have neither toml++ nor SQLite installed.
add_library(matview_toml INTERFACE)
if(MATVIEW_BUNDLE)
  get_target_property(toml_include tomlplusplus::tomlplusplus INTERFACE_INCLUDE_DIRECTORIES)
  target_include_directories(matview_toml SYSTEM INTERFACE ${toml_include})
  # Its assertions, which packagers' builds of the library leave out, abort on some malformed documents.
  target_compile_options(matview_toml INTERFACE -DTOML_HEADER_ONLY=1 "-DTOML_ASSERT(condition)=static_cast<void>(0)")
  # toml++ 3.3 marks as unreachable what any letter beyond ASCII behind a value reaches. Every compiler makes of it what
  # is right, "no blank"; only UndefinedBehaviorSanitizer sees it.
  target_compile_options(matview_toml INTERFACE -fno-sanitize=unreachable)
  find_library(SQLite3_STATIC_LIBRARY libsqlite3.a)
  mark_as_advanced(SQLite3_STATIC_LIBRARY)
  if(SQLite3_STATIC_LIBRARY)
    set_target_properties(SQLite::SQLite3 PROPERTIES
      IMPORTED_LOCATION "${SQLite3_STATIC_LIBRARY}"
      INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};m")
  endif()
else()
  target_link_libraries(matview_toml INTERFACE tomlplusplus::tomlplusplus)
endif()
