# quiesce_options: what every target of this project is compiled and linked with.
add_library(quiesce_options INTERFACE)
target_include_directories(quiesce_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(quiesce_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  # Assertions name their file: by its path in the sources, which is the same on every machine.
  "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12 about std::string and Boost.Graph, GCC bug 105651.
  target_compile_options(quiesce_options INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
  if(QUIESCE_PCH)
    # ccache looks for the precompiled header in the preprocessor's output.
    target_compile_options(quiesce_options INTERFACE -fpch-preprocess)
  endif()
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND QUIESCE_PCH)
  # Else ccache meets another precompiled header at each build.
  target_compile_options(quiesce_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

if(QUIESCE_SANITIZE MATCHES "^(none)?$")
  target_compile_options(quiesce_options INTERFACE -Werror)
elseif(QUIESCE_SANITIZE MATCHES "^(address,undefined|thread)$")
  # No -Werror: g++ warns falsely about code that the sanitizers have instrumented.
  target_compile_options(quiesce_options INTERFACE
    -fsanitize=${QUIESCE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(quiesce_options INTERFACE -fsanitize=${QUIESCE_SANITIZE})
  if(QUIESCE_SANITIZE MATCHES "address")
    target_compile_definitions(quiesce_options INTERFACE QUIESCE_ADDRESS_SANITIZER)
  endif()
else()
  message(FATAL_ERROR "QUIESCE_SANITIZE=${QUIESCE_SANITIZE}: use none, address,undefined or thread")
endif()
