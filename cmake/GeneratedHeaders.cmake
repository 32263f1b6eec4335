# quiesce_generated_headers: quiesce_version.hpp and quiesce_paths.hpp, for those who include them.
set(generated "${PROJECT_BINARY_DIR}/generated")
set(QUIESCE_INSTALL_DATADIR "share/quiesce")
configure_file(cmake/quiesce_paths.hpp.in "${generated}/quiesce_paths.hpp" @ONLY)

# Looked at in every build, because a commit changes no file that CMake watches.
find_package(Git QUIET)
add_custom_target(quiesce_version
  COMMAND "${CMAKE_COMMAND}"
          -D "SOURCE_DIR=${PROJECT_SOURCE_DIR}"
          -D "VERSION=${PROJECT_VERSION}"
          -D "GIT=${GIT_EXECUTABLE}"
          -D "OUTPUT=${generated}/quiesce_version.hpp"
          -P "${PROJECT_SOURCE_DIR}/cmake/WriteVersion.cmake"
  BYPRODUCTS "${generated}/quiesce_version.hpp"
  COMMENT "Looking up the version"
  VERBATIM)

add_library(quiesce_generated_headers INTERFACE)
target_include_directories(quiesce_generated_headers INTERFACE "${generated}")
add_dependencies(quiesce_generated_headers quiesce_version)
