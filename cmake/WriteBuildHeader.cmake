# Writes quiesce_build.hpp, and only when it changes. Called by the target quiesce_build_header.
set(GIT_HASH "")
if(GIT)
  execute_process(COMMAND "${GIT}" -C "${PROJECT_SOURCE_DIR}" rev-parse --show-toplevel
                  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # An unpacked archive inside somebody else's repository has no hash of its own.
  if(top STREQUAL PROJECT_SOURCE_DIR)
    execute_process(COMMAND "${GIT}" -C "${PROJECT_SOURCE_DIR}"
                            describe --always --dirty --abbrev=12 --exclude=*
                    OUTPUT_VARIABLE GIT_HASH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()
configure_file("${PROJECT_SOURCE_DIR}/cli/quiesce_build.hpp.in" "${OUTPUT}" @ONLY)
