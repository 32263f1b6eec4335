# bin/quiesce, and beside it share/quiesce/scenarios, which bin/quiesce finds relative to itself.
if(TARGET quiesce)
  install(TARGETS quiesce RUNTIME DESTINATION bin)
endif()
install(DIRECTORY scenarios DESTINATION "${QUIESCE_DATA_DIR}"
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.md")
install(FILES LICENSE DESTINATION share/doc/quiesce)
install(FILES README.md DESTINATION share/doc/quiesce OPTIONAL)
install(DIRECTORY docs/ DESTINATION share/doc/quiesce OPTIONAL FILES_MATCHING PATTERN "*.md")
