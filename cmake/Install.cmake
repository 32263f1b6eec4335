# bin/quiesce, and beside it share/quiesce/scenarios, which bin/quiesce finds relative to itself.
# Components: 'quiesce' goes everywhere, 'plain' where no package looks after it, 'debian' into the package.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME quiesce)
install(DIRECTORY scenarios DESTINATION "${QUIESCE_DATA_DIR}"
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.md")
# Documents lie side by side there: the links of the first one say so.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/README.md")
file(READ README.md readme)
string(REPLACE "](docs/" "](" readme "${readme}")
string(REPLACE "](scenarios/" "](../../quiesce/scenarios/" readme "${readme}")
file(WRITE "${PROJECT_BINARY_DIR}/installed/README.md" "${readme}")
install(FILES "${PROJECT_BINARY_DIR}/installed/README.md" DESTINATION share/doc/quiesce)
install(DIRECTORY docs/ DESTINATION share/doc/quiesce OPTIONAL
        FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
install(FILES LICENSE DESTINATION share/doc/quiesce COMPONENT plain)
if(TARGET quiesce)
  install(TARGETS quiesce RUNTIME DESTINATION bin)
  install(FILES "${QUIESCE_DOCUMENTS}/quiesce" DESTINATION share/bash-completion/completions)
  install(FILES "${QUIESCE_DOCUMENTS}/quiesce.fish" DESTINATION share/fish/vendor_completions.d)
  install(FILES "${QUIESCE_DOCUMENTS}/_quiesce" DESTINATION share/zsh/site-functions COMPONENT plain)
  install(FILES "${QUIESCE_DOCUMENTS}/quiesce.1" DESTINATION share/man/man1 COMPONENT plain)
endif()
