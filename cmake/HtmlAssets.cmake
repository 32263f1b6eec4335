# The assets of the HTML report, embedded in quiesce_reports. The scripts share one namespace, so their order
# counts.
set(folder "${PROJECT_SOURCE_DIR}/reports/html")
set(script_names core data route theme help binder verdict steps lanes picture timeline machine smmu graph
                 views trace print contents app)
set(style_names colours page timeline steps machine print)
set(embedded "${PROJECT_BINARY_DIR}/generated/html_assets.cpp")

list(TRANSFORM script_names APPEND ".js" OUTPUT_VARIABLE scripts)
list(TRANSFORM style_names APPEND ".css" OUTPUT_VARIABLE styles)
set(named ${scripts} ${styles})
file(GLOB found CONFIGURE_DEPENDS RELATIVE "${folder}" "${folder}/*.js" "${folder}/*.css")
list(SORT named)
list(SORT found)
if(NOT found STREQUAL named)
  message(FATAL_ERROR "reports/html has other scripts and styles than cmake/HtmlAssets.cmake names")
endif()

list(TRANSFORM named PREPEND "${folder}/")
list(JOIN script_names " " script_words)
list(JOIN style_names " " style_words)
add_custom_command(
  OUTPUT "${embedded}"
  COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${folder}" -D "SCRIPTS=${script_words}" -D "STYLES=${style_words}"
          -D "OUTPUT=${embedded}" -P "${PROJECT_SOURCE_DIR}/cmake/EmbedAssets.cmake"
  DEPENDS ${named} "${folder}/report.html" "${PROJECT_SOURCE_DIR}/cmake/EmbedAssets.cmake"
  COMMENT "Embedding the assets of the HTML report"
  VERBATIM)
target_sources(quiesce_reports PRIVATE "${embedded}")
