# quiesce_generated_headers: quiesce_build.hpp, which says what this build is, for those who include it.
set(generated "${PROJECT_BINARY_DIR}/generated")
set(QUIESCE_DATA_DIR "share/quiesce")  # below the prefix of an installation

# Looked at in every build, because a commit changes no file that CMake watches.
find_package(Git QUIET)
add_custom_target(quiesce_build_header
  COMMAND "${CMAKE_COMMAND}"
          -D "PROJECT_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
          -D "PROJECT_VERSION=${PROJECT_VERSION}"
          -D "QUIESCE_DATA_DIR=${QUIESCE_DATA_DIR}"
          -D "QUIESCE_RELEASE_DATE=${QUIESCE_RELEASE_DATE}"
          -D "GIT=${GIT_EXECUTABLE}"
          -D "OUTPUT=${generated}/quiesce_build.hpp"
          -P "${PROJECT_SOURCE_DIR}/cmake/WriteBuildHeader.cmake"
  BYPRODUCTS "${generated}/quiesce_build.hpp"
  COMMENT "Looking up the version"
  VERBATIM)

add_library(quiesce_generated_headers INTERFACE)
target_include_directories(quiesce_generated_headers INTERFACE "${generated}")
add_dependencies(quiesce_generated_headers quiesce_build_header)
