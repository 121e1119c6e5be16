# How everything of ours is compiled: ccache where there is one, warnings, sanitizers.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  endif()
endif()
# Without these two ccache takes no file that uses precompiled headers.
if(MATVIEW_PRECOMPILE AND CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache$")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    "${CMAKE_CXX_COMPILER_LAUNCHER}")
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

add_library(matview_warnings INTERFACE)
target_compile_options(matview_warnings INTERFACE -Wall -Wextra -Wpedantic -Wno-unused-parameter)
if(MATVIEW_WERROR)
  target_compile_options(matview_warnings INTERFACE -Werror)
endif()
if(MATVIEW_PRECOMPILE)
  # What comes from a precompiled header is no system header to GCC: it warns within the standard library, and wrongly.
  target_compile_options(matview_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread>)
endif()

# GCC looks for memory it can use again as soon as it has taken some 100 MB, which is a sixth of the time that a test
# takes to compile. Few files ever need more than this.
add_compile_options("$<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=262144>")

# No binary tells where it was built.
add_compile_options("-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")

if(MATVIEW_SANITIZE)
  # Instrumented, GCC takes whole optionals and regular expressions for uninitialized; the plain build still warns.
  add_compile_options(-fsanitize=${MATVIEW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${MATVIEW_SANITIZE})
endif()

if(MATVIEW_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "MATVIEW_FUZZ takes clang: -DCMAKE_CXX_COMPILER=clang++ (scripts/install-deps --fuzz)")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
