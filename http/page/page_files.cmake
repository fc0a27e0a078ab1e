# The files of the page go into the program as they stand (http/api/page_files.hpp), and beside them Chart.js, which
# draws its plots, from Debian's package libjs-chart.js with its licence, and what docs/messages.md says of each
# condition.
set(page_directory "${CMAKE_CURRENT_LIST_DIR}")
set(SUPRSYNC_PAGE_FILES "")

function(page_file name text)
  set(types "html|text/html" "css|text/css" "js|text/javascript" "svg|image/svg+xml" "txt|text/plain" "md|text/plain")
  get_filename_component(extension "${name}" LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  list(FILTER types INCLUDE REGEX "^${extension}\\|")
  string(REGEX REPLACE "^[^|]*\\|" "" type "${types}")
  if(type STREQUAL "" OR text STREQUAL "" OR text MATCHES "\\)page\"")
    message(FATAL_ERROR "http/page: ${name} is empty, of no known type, or has the end of a literal in it")
  endif()
  string(SHA256 hash "${text}")
  string(SUBSTRING "${hash}" 0 32 hash)
  string(APPEND SUPRSYNC_PAGE_FILES "    {\"${name}\", \"${type}; charset=utf-8\", \"${hash}\",\n"
                                    "     R\"page(${text})page\"sv},\n")
  set(SUPRSYNC_PAGE_FILES "${SUPRSYNC_PAGE_FILES}" PARENT_SCOPE)
endfunction()

find_file(SUPRSYNC_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js NO_DEFAULT_PATH REQUIRED)
file(GLOB page_sources CONFIGURE_DEPENDS "${page_directory}/*.html" "${page_directory}/*.css" "${page_directory}/*.js"
     "${page_directory}/*.svg" "${page_directory}/*.txt")
set(page_advice "${CMAKE_SOURCE_DIR}/docs/messages.md")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page_sources} "${page_advice}" "${SUPRSYNC_CHART_JS}")
foreach(source IN LISTS page_sources)
  get_filename_component(name "${source}" NAME)
  file(READ "${source}" text)
  page_file("${name}" "${text}")
endforeach()

file(READ "${SUPRSYNC_CHART_JS}" text)
page_file(chart.js "${text}")

# The section alone.
file(READ "${page_advice}" text)
string(FIND "${text}" "\n## Conditions\n" begin)
math(EXPR begin "${begin} + 1")
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "\n## " end)
string(SUBSTRING "${text}" 0 ${end} text)
page_file(conditions.md "${text}")

configure_file("${page_directory}/page_files.cpp.in" http/page/page_files.cpp @ONLY)
target_sources(suprsync_http_api PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/http/page/page_files.cpp")
# Chart.js is longer than what every C++ compiler must take.
set_source_files_properties("${CMAKE_CURRENT_BINARY_DIR}/http/page/page_files.cpp" PROPERTIES
                            COMPILE_OPTIONS $<$<CXX_COMPILER_ID:Clang>:-Wno-overlength-strings>)
