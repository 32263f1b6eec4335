# Puts the files of an HTML page into one C++ file, as a constant: the template with style and scripts in
# their places, and with the hashes by which the page's Content-Security-Policy knows them.
# cmake -D FOLDER=... -D SCRIPTS="core ..." -D STYLES="..." -D CONSTANT=... -D OUTPUT=... -P EmbedAssets.cmake
cmake_minimum_required(VERSION 3.25)

# The base64 text of a hexadecimal SHA-256: two letters for three digits, and the last digit by itself.
function(base64_of_digest hexadecimal out)
  set(letters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  foreach(at RANGE 0 60 3)
    string(SUBSTRING "${hexadecimal}" ${at} 3 digits)
    math(EXPR high "0x${digits} / 64")
    math(EXPR low "0x${digits} % 64")
    string(SUBSTRING "${letters}" ${high} 1 first)
    string(SUBSTRING "${letters}" ${low} 1 second)
    string(APPEND text "${first}${second}")
  endforeach()
  string(SUBSTRING "${hexadecimal}" 63 1 digit)
  math(EXPR last "0x${digit} * 4")
  string(SUBSTRING "${letters}" ${last} 1 first)
  set(${out} "${text}${first}=" PARENT_SCOPE)
endfunction()

# What a policy names: sha256-BASE64.
function(policy_hash text out)
  string(SHA256 digest "${text}")
  base64_of_digest("${digest}" base64)
  set(${out} "sha256-${base64}" PARENT_SCOPE)
endfunction()

if(NOT DEFINED OUTPUT)
  return()  # included for its functions
endif()

set(script "")
separate_arguments(SCRIPTS)
foreach(name IN LISTS SCRIPTS)
  file(READ "${FOLDER}/${name}.js" text)
  string(APPEND script "${text}")
endforeach()
set(style "")
separate_arguments(STYLES)
foreach(name IN LISTS STYLES)
  file(READ "${FOLDER}/${name}.css" text)
  string(APPEND style "${text}")
endforeach()
file(READ "${FOLDER}/page.html" page)

policy_hash("${script}" script_hash)
policy_hash("${style}" style_hash)
string(REPLACE "<!--SCRIPT-HASH-->" "${script_hash}" page "${page}")
string(REPLACE "<!--STYLE-HASH-->" "${style_hash}" page "${page}")
string(REPLACE "<!--STYLE-->" "${style}" page "${page}")
string(REPLACE "<!--SCRIPT-->" "${script}" page "${page}")
if(page MATCHES "\\)asset\"")
  message(FATAL_ERROR "an asset contains the end of a raw string")
endif()

file(WRITE "${OUTPUT}" "// Made from reports/html.
#include \"reports/html_assets.hpp\"

namespace quiesce::reports {

const std::string_view ${CONSTANT} = R\"asset(${page})asset\";

}  // namespace quiesce::reports
")
