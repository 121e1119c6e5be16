# matview_precompile(TARGET OWNER): TARGET is compiled with the precompiled headers of OWNER, which matview_core has for
# the layers and matview_test_support for the tests. Nothing of ours is in them: a change of our own headers compiles
# again what includes them and no more. Both sides must be compiled with the same options; GCC says so where they are not.
function(matview_precompile target owner)
  if(NOT MATVIEW_PRECOMPILE)
    return()
  endif()
  if(NOT target STREQUAL owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
    return()
  endif()
  target_precompile_headers(${target} PRIVATE <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <filesystem>
    <functional> <map> <memory> <mutex> <optional> <set> <string> <string_view> <utility> <variant> <vector>
    <fmt/format.h> <tl/expected.hpp>)
  if(target STREQUAL "matview_test_support")
    target_precompile_headers(${target} PRIVATE <csignal> <fstream> <stdexcept> <thread> <doctest/doctest.h>
      <nlohmann/json.hpp>)
  endif()
endfunction()

# matview_layer(NAME [DEPENDS layer...] [LINK target...])
# One static library for each folder of src/: a wrong include between layers then fails to link.
function(matview_layer name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  set(target matview_${name})
  if(NOT sources)
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE matview_warnings)
    matview_precompile(${target} matview_core)
  endif()
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
  foreach(layer IN LISTS arg_DEPENDS)
    target_link_libraries(${target} ${scope} matview_${layer})
  endforeach()
  target_link_libraries(${target} ${scope} ${arg_LINK})
endfunction()

# matview_define(FILE DEFINITION): for one source file, so that a new value compiles that one again and no other.
function(matview_define file definition)
  set_property(SOURCE "${PROJECT_SOURCE_DIR}/src/${file}" APPEND PROPERTY COMPILE_DEFINITIONS "${definition}")
endfunction()

# matview_use_duckdb(TARGET): duckdb.h for this layer alone. The build tree gets lib/matview/libduckdb.so beside bin/ and
# tests/, as an installed tree has it beside bin/, so that the library is found the same way in both. It is bound on the
# way, which spares each process a quarter of what loading and opening it takes (tests/bench/library). Only where it is not shipped along does the binary name
# the place it was found in.
function(matview_use_duckdb target)
  if(MATVIEW_BUNDLE)
    set(library libduckdb.so)
  else()
    set(library "${DuckDB_LIBRARY}")
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    target_include_directories(${target} PRIVATE ${DuckDB_INCLUDE_DIR})
    target_compile_definitions(${target} PRIVATE MATVIEW_DUCKDB_LIBRARY="${library}")
  endif()
  set(built "${CMAKE_BINARY_DIR}/lib/matview/libduckdb.so")
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lib/matview")
  if(MATVIEW_BUNDLE)
    add_custom_command(OUTPUT "${built}" COMMAND bind_symbols "${DuckDB_LIBRARY}" "${built}"
      DEPENDS bind_symbols "${DuckDB_LIBRARY}" VERBATIM)
    add_custom_target(libduckdb DEPENDS "${built}")
    add_dependencies(${target} libduckdb)
  else()
    file(CREATE_LINK "${DuckDB_LIBRARY}" "${built}" SYMBOLIC)
  endif()
endfunction()

# matview_unit_tests(LAYER): one doctest program from tests/unit/LAYER, linked with that layer.
function(matview_unit_tests layer)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/unit/${layer}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(unit_${layer} ${sources} $<TARGET_OBJECTS:matview_doctest_main>)
  target_link_libraries(unit_${layer} PRIVATE matview_${layer} matview_test_support matview_warnings)
  matview_precompile(unit_${layer} matview_test_support)
  # For tests that compare what the program says with what the manual says.
  target_compile_definitions(unit_${layer} PRIVATE MATVIEW_SOURCE_DIRECTORY="${PROJECT_SOURCE_DIR}")
  add_test(NAME unit.${layer} COMMAND unit_${layer})
endfunction()
