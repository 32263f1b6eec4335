# The manual page and the completion of shells, which the program writes itself, into documents/ of the
# build; and beside the program a link to the scenarios, which it finds relative to itself.
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/${QUIESCE_DATA_DIR}")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}/scenarios"
     "${PROJECT_BINARY_DIR}/${QUIESCE_DATA_DIR}/scenarios" SYMBOLIC)

set(QUIESCE_DOCUMENTS "${PROJECT_BINARY_DIR}/documents")
file(MAKE_DIRECTORY "${QUIESCE_DOCUMENTS}")

# With each link of the program, so that there is no program without them.
function(quiesce_document file)
  add_custom_command(TARGET quiesce POST_BUILD
    COMMAND "${CMAKE_COMMAND}" -D "OUTPUT=${QUIESCE_DOCUMENTS}/${file}"
            -P "${PROJECT_SOURCE_DIR}/cmake/WriteOutput.cmake" -- $<TARGET_FILE:quiesce> ${ARGN}
    BYPRODUCTS "${QUIESCE_DOCUMENTS}/${file}"
    COMMENT "" VERBATIM)
endfunction()

if(TARGET quiesce)
  quiesce_document(quiesce.1 man)
  quiesce_document(quiesce completion bash)
  quiesce_document(_quiesce completion zsh)
  quiesce_document(quiesce.fish completion fish)
endif()
