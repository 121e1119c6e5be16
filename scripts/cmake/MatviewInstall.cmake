# What an installed tree holds. It can be moved anywhere: the binary finds its libraries from where it itself lies.
#   bin/matview  lib/matview/  share/{man,matview/schemas,doc/matview{,/examples},bash-completion,zsh,fish}
install(TARGETS matview RUNTIME DESTINATION bin)

# matview_install_copyright(NAME FILE): the licence text of something that ships inside our package.
function(matview_install_copyright name file)
  if(EXISTS "${file}")
    install(FILES "${file}" DESTINATION share/doc/matview/third-party RENAME "${name}")
  else()
    message(WARNING "no licence text for ${name} (${file}): ship it with what you distribute")
  endif()
endfunction()

if(MATVIEW_BUNDLE)
  install(FILES "${CMAKE_BINARY_DIR}/lib/matview/libduckdb.so" DESTINATION lib/matview)
  get_target_property(fmt_type fmt::fmt TYPE)
  if(fmt_type STREQUAL SHARED_LIBRARY)
    install(FILES $<TARGET_FILE:fmt::fmt> DESTINATION lib/matview RENAME $<TARGET_SONAME_FILE_NAME:fmt::fmt>)
  endif()
  get_filename_component(duckdb_folder "${DuckDB_LIBRARY}" DIRECTORY)
  matview_install_copyright(duckdb "${duckdb_folder}/LICENSE")
  foreach(package libcli11-dev libexpected-dev libflatbuffers-dev libfmt-dev libsqlite3-dev libsqlitecpp-dev
          libtomlplusplus-dev libxxhash-dev nlohmann-json3-dev)
    matview_install_copyright(${package} "/usr/share/doc/${package}/copyright")
  endforeach()
endif()

install(FILES LICENSE README.md CHANGELOG.md DESTINATION share/doc/matview)
install(DIRECTORY scripts/examples/ DESTINATION share/doc/matview/examples)

install(FILES completions/matview.bash DESTINATION share/bash-completion/completions RENAME matview OPTIONAL)
install(FILES completions/_matview DESTINATION share/zsh/site-functions OPTIONAL)
install(FILES completions/matview.fish DESTINATION share/fish/vendor_completions.d OPTIONAL)
foreach(section 1 5 7)
  file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/man/*.${section}")
  install(FILES ${pages} DESTINATION share/man/man${section})
endforeach()

# What documents of -o json hold, for whoever checks them or makes types of them.
file(GLOB schemas CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/output/schemas/*.json")
install(FILES ${schemas} DESTINATION share/matview/schemas)

set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PACKAGE_NAME matview)
set(CPACK_PACKAGE_VENDOR "the matview authors")
set(CPACK_PACKAGE_CONTACT "the matview authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "One command line to create, refresh, check and list materialized views, with a local engine
that keeps them as a DuckLake of Parquet files and knows when their sources have changed.")
set(CPACK_PACKAGE_FILE_NAME "matview-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_ARCHIVE_FILE_EXTENSION .tgz)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when the first request is sent, hence known to no linker. Since Debian 13 it is libcurl4t64, which provides
# libcurl4. Without authorities of certificates no remote profile gets far.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcurl4 (>= 7.87) | libcurl4t64 | libcurl3-gnutls (>= 7.87)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
# Loaded by profiles of provider postgres alone.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libpq5")
include(CPack)
