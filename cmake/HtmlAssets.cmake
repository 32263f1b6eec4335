# The assets of the HTML pages, embedded in quiesce_reports. The scripts of a page share one namespace, so
# their order counts.
set(folder "${PROJECT_SOURCE_DIR}/reports/html")
set(assets_named)

# A page of its own: the constant that holds it, and the names of its scripts and styles.
function(quiesce_page constant)
  cmake_parse_arguments(ARG "" "" "SCRIPTS;STYLES" ${ARGN})
  set(embedded "${PROJECT_BINARY_DIR}/generated/${constant}.cpp")
  list(TRANSFORM ARG_SCRIPTS APPEND ".js" OUTPUT_VARIABLE scripts)
  list(TRANSFORM ARG_STYLES APPEND ".css" OUTPUT_VARIABLE styles)
  set(named ${scripts} ${styles})
  set(assets_named ${assets_named} ${named} PARENT_SCOPE)
  list(TRANSFORM named PREPEND "${folder}/")
  list(JOIN ARG_SCRIPTS " " script_words)
  list(JOIN ARG_STYLES " " style_words)
  add_custom_command(
    OUTPUT "${embedded}"
    COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${folder}" -D "SCRIPTS=${script_words}" -D "STYLES=${style_words}"
            -D "CONSTANT=${constant}" -D "OUTPUT=${embedded}"
            -P "${PROJECT_SOURCE_DIR}/cmake/EmbedAssets.cmake"
    DEPENDS ${named} "${folder}/page.html" "${PROJECT_SOURCE_DIR}/cmake/EmbedAssets.cmake"
    COMMENT "Embedding the assets of ${constant}"
    VERBATIM)
  target_sources(quiesce_reports PRIVATE "${embedded}")
endfunction()

quiesce_page(kReportTemplate
  SCRIPTS core embedded data parts route theme help binder searched verdict steps lanes picture timeline
          machine smmu graph views trace print contents app
  STYLES colours page timeline steps machine print)
quiesce_page(kDiffTemplate
  SCRIPTS core embedded parts theme diff
  STYLES colours page diff print)
quiesce_page(kSimulationTemplate
  SCRIPTS core embedded parts theme simulation
  STYLES colours page simulation print)

file(GLOB found CONFIGURE_DEPENDS RELATIVE "${folder}" "${folder}/*.js" "${folder}/*.css")
list(REMOVE_DUPLICATES assets_named)
list(SORT assets_named)
list(SORT found)
if(NOT found STREQUAL assets_named)
  message(FATAL_ERROR "reports/html has other scripts and styles than cmake/HtmlAssets.cmake names")
endif()
