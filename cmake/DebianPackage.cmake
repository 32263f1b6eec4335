# 'cpack -G DEB' in the build folder makes the Debian package. What Debian wants otherwise than a plain
# installation is the component 'debian': compressed manual and changelog, copyright, its folder for zsh.
find_program(GZIP_PROGRAM gzip)
mark_as_advanced(GZIP_PROGRAM)
if(NOT GZIP_PROGRAM OR NOT TARGET quiesce)
  return()
endif()

set(debian "${PROJECT_SOURCE_DIR}/cmake/debian")
file(MAKE_DIRECTORY "${QUIESCE_DOCUMENTS}/debian")
file(CREATE_LINK "../../quiesce/scenarios" "${QUIESCE_DOCUMENTS}/debian/examples" SYMBOLIC)
# Without names and times, so that equal contents give equal packages.
set(compress "${GZIP_PROGRAM}" --no-name --best --stdout)
execute_process(COMMAND ${compress} "${debian}/changelog"
                OUTPUT_FILE "${QUIESCE_DOCUMENTS}/debian/changelog.Debian.gz" COMMAND_ERROR_IS_FATAL ANY)
add_custom_command(TARGET quiesce POST_BUILD
  COMMAND "${CMAKE_COMMAND}" -D "OUTPUT=${QUIESCE_DOCUMENTS}/debian/quiesce.1.gz"
          -P "${PROJECT_SOURCE_DIR}/cmake/WriteOutput.cmake" -- ${compress} "${QUIESCE_DOCUMENTS}/quiesce.1"
  BYPRODUCTS "${QUIESCE_DOCUMENTS}/debian/quiesce.1.gz"
  COMMENT "" VERBATIM)

set(only_debian COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES "${QUIESCE_DOCUMENTS}/debian/quiesce.1.gz" DESTINATION share/man/man1 ${only_debian})
install(FILES "${QUIESCE_DOCUMENTS}/_quiesce" DESTINATION share/zsh/vendor-completions ${only_debian})
install(FILES "${debian}/copyright" "${QUIESCE_DOCUMENTS}/debian/changelog.Debian.gz"
              "${QUIESCE_DOCUMENTS}/debian/examples"
        DESTINATION share/doc/quiesce ${only_debian})

install(FILES "${debian}/lintian-overrides" DESTINATION share/lintian/overrides RENAME quiesce ${only_debian})

set(CPACK_GENERATOR DEB)
set(CPACK_SOURCE_GENERATOR "")
set(CPACK_PACKAGE_NAME quiesce)
set(CPACK_PACKAGE_VENDOR "The quiesce maintainers")
set(CPACK_PACKAGE_CONTACT "The quiesce maintainers <quiesce@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "model checker for the shutdown of Arm SMMUs")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Says for a machine, a kernel, its drivers and a patch whether there is an
interleaving of CPUs, interrupts, hardware and time in which the shutdown of
an Arm SMMU hangs, faults, times out or lets DMA through, and shows the
shortest one.
.
The package holds a library of kernel routines, and scenarios to begin with.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS
    "${PROJECT_BINARY_DIR};quiesce;quiesce;/;${PROJECT_BINARY_DIR};quiesce;debian;/")
set(CPACK_STRIP_FILES TRUE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE "${QUIESCE_DEBIAN_REVISION}")
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
