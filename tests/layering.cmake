# Reads the includes of every room and fails on an arrow that the picture in README.md does not have, and on an
# outside library in a room that is not its own. Run as: cmake -DSOURCE_DIR=... -P layering.cmake
cmake_minimum_required(VERSION 3.25)

set(rooms engine net storage http)

# Which rooms a room may include. The executable (engine/commands/) wires them all and is read
# nowhere here; no room may include it.
set(arrows_engine engine)
set(arrows_net net engine)
set(arrows_storage storage engine)
set(arrows_http http engine)

# Outside libraries that belong to some rooms alone: "<pattern of the included path>|<its rooms>". What no line
# names (the standard library, Asio's loop, fmt) is everybody's.
set(owned
  "^SQLiteCpp/|storage"
  "^sqlite3|storage"
  "^openssl/|storage http"
  "^boost/asio/ssl|http"
  "^boost/beast|http"
  "^boost/json|http"
  "^boost/url|http"
  "^prometheus/|http"
  "^boost/process|net"
  "^yaml-cpp/|engine"
  "^spdlog/|engine"
  "^boost/program_options|"
  "^systemd/|"
  "^(boost/test|gtest|gmock|benchmark)/|")

if(NOT SOURCE_DIR)
  message(FATAL_ERROR "layering: say -DSOURCE_DIR=<the repository>")
endif()

set(include_line "^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"]+)[>\"]")
set(offences "")
set(files_read 0)
set(includes_read 0)

function(line_number_of line file number)
  file(READ "${file}" text)
  string(FIND "${text}" "${line}" at)
  string(SUBSTRING "${text}" 0 ${at} before)
  string(REGEX REPLACE "[^\n]" "" newlines "${before}")
  string(LENGTH "${newlines}" count)
  math(EXPR count "${count} + 1")
  set(${number} ${count} PARENT_SCOPE)
endfunction()

# What is wrong with `path` being included from `room`; empty where nothing is.
function(judge room path verdict)
  set(${verdict} "" PARENT_SCOPE)
  if(path MATCHES "^engine/commands/")
    set(${verdict} "the executable is nobody's to include" PARENT_SCOPE)
    return()
  endif()
  if(path MATCHES "^([a-z]+)/" AND CMAKE_MATCH_1 IN_LIST rooms)
    if(NOT CMAKE_MATCH_1 IN_LIST arrows_${room})
      set(${verdict} "${room}/ may not include ${CMAKE_MATCH_1}/ (all arrows point to engine/)" PARENT_SCOPE)
    endif()
    return()
  endif()
  if(path MATCHES "^(tests|benchmarks)/|^\\.\\.?/")
    set(${verdict} "a room includes by the full path of a room, and nothing of the tests" PARENT_SCOPE)
    return()
  endif()
  foreach(rule IN LISTS owned)
    string(REGEX MATCH "^(.*)\\|([a-z ]*)$" whole "${rule}")
    set(pattern "${CMAKE_MATCH_1}")
    string(REPLACE " " ";" owners "${CMAKE_MATCH_2}")
    if(path MATCHES "${pattern}" AND NOT room IN_LIST owners)
      if(owners)
        string(REPLACE ";" "/ and " names "${owners}")
        set(${verdict} "this library belongs to ${names}/, not to ${room}/" PARENT_SCOPE)
      else()
        set(${verdict} "this library belongs to the executable or the tests, not to ${room}/" PARENT_SCOPE)
      endif()
      return()
    endif()
  endforeach()
endfunction()

foreach(room IN LISTS rooms)
  file(GLOB_RECURSE files "${SOURCE_DIR}/${room}/*.cpp" "${SOURCE_DIR}/${room}/*.hpp" "${SOURCE_DIR}/${room}/*.h")
  list(FILTER files EXCLUDE REGEX "/engine/commands/")
  if(NOT files)
    message(FATAL_ERROR "layering: no sources below ${SOURCE_DIR}/${room}: nothing was checked")
  endif()
  foreach(file IN LISTS files)
    math(EXPR files_read "${files_read} + 1")
    file(STRINGS "${file}" lines REGEX "${include_line}")
    foreach(line IN LISTS lines)
      math(EXPR includes_read "${includes_read} + 1")
      string(REGEX MATCH "${include_line}" whole "${line}")
      set(path "${CMAKE_MATCH_1}")
      judge(${room} "${path}" verdict)
      if(verdict)
        line_number_of("${line}" "${file}" number)
        file(RELATIVE_PATH name "${SOURCE_DIR}" "${file}")
        string(APPEND offences "\n${name}:${number}: ${path}: ${verdict}")
      endif()
    endforeach()
  endforeach()
endforeach()

if(includes_read EQUAL 0)
  message(FATAL_ERROR "layering: no include was found in ${files_read} files: nothing was checked")
endif()
if(offences)
  message(FATAL_ERROR "layering: arrows that are not in the picture:${offences}")
endif()
message(STATUS "layering: ${includes_read} includes in ${files_read} files are as drawn")
