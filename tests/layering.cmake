# Reads the includes of every room and fails on an arrow that the picture in docs/architecture.md does not have, on a
# circle or an arrow that runs back up, and on an outside library in a room that is not its own. Run as:
# cmake -DSOURCE_DIR=... -P layering.cmake
cmake_minimum_required(VERSION 3.25)

# From the ground up: a room may include itself and those behind it, all of which stand above it in this list. The
# executable (engine/commands/) wires them all, stands last, and no room may include it.
set(plan
  "engine/model|"
  "engine/rules|engine/model"
  "engine/files|engine/model"
  "engine/loop|engine/model"
  "engine/report|engine/model engine/loop"
  "engine/ports|engine/model engine/report"
  "engine/config|engine/model"
  "engine/run|engine/model engine/rules engine/loop engine/report engine/ports engine/config"
  "net/process|engine/model engine/files engine/loop"
  "net/remote|net/process engine/model engine/rules engine/loop engine/ports"
  "net/rsync|net/process net/remote engine/model engine/rules engine/files engine/loop engine/ports"
  "net/place|net/process net/remote engine/model engine/rules engine/files engine/loop engine/ports"
  "net/direct|net/process net/remote net/place engine/model engine/rules engine/files engine/loop engine/ports"
  "net/far|net/process net/remote net/place engine/model engine/rules engine/files engine/loop engine/ports"
  "net/notify|net/process engine/model engine/loop engine/ports"
  "storage/sqlite|engine/model engine/loop"
  "storage/index|storage/sqlite engine/model engine/rules"
  "storage/catalog|storage/sqlite storage/index engine/model engine/rules engine/loop engine/ports"
  "storage/disk|engine/model engine/files engine/ports engine/rules"
  "http/api|engine/model engine/rules engine/report engine/ports"
  "http/server|http/api engine/model engine/loop engine/ports engine/config"
  "http/ocs|http/api engine/model engine/loop engine/report engine/ports")

# Outside libraries that belong to some rooms alone: "<pattern of the included path>|<its rooms>". What no line
# names (the standard library, fmt) is everybody's.
set(owned
  "^boost/asio/ssl|http/api http/server http/ocs"
  "^boost/asio|engine/loop engine/report engine/ports engine/run net/process net/remote net/rsync net/place net/direct net/far net/notify storage/sqlite storage/catalog storage/disk http/api http/server http/ocs"
  "^curl/|net/notify"
  "^zstd|net/far"
  "^SQLiteCpp/|storage/sqlite"
  "^sqlite3|storage/sqlite storage/catalog"
  "^openssl/evp|engine/files"
  "^openssl/(crypto|err|ssl|x509)|http/server"
  "^boost/beast|http/api http/server http/ocs"
  "^boost/(describe|mp11)|http/api"
  "^boost/json|http/api http/ocs"
  "^boost/url|http/api http/ocs"
  "^prometheus/|http/api"
  "^boost/process|net/process"
  "^yaml-cpp/|engine/config"
  "^spdlog/|engine/report engine/run"
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
  if(path MATCHES "^((engine|net|storage|http)/[a-z_]+)/")
    if(NOT CMAKE_MATCH_1 STREQUAL room AND NOT CMAKE_MATCH_1 IN_LIST arrows_${room})
      set(${verdict} "${room}/ may not include ${CMAKE_MATCH_1}/" PARENT_SCOPE)
    endif()
    return()
  endif()
  if(path MATCHES "^(tests|benchmarks)/|^\\.\\.?/")
    set(${verdict} "a room includes by the full path of a room, and nothing of the tests" PARENT_SCOPE)
    return()
  endif()
  foreach(rule IN LISTS owned)
    string(REGEX MATCH "^(.*)\\|([a-z/ ]*)$" whole "${rule}")
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

set(rooms "")
foreach(line IN LISTS plan)
  string(REGEX MATCH "^(.*)\\|(.*)$" whole "${line}")
  set(room "${CMAKE_MATCH_1}")
  string(REPLACE " " ";" arrows_${room} "${CMAKE_MATCH_2}")
  foreach(below IN LISTS arrows_${room})
    if(NOT below IN_LIST rooms)
      message(FATAL_ERROR "layering: ${room} is to use ${below}, which does not stand above it in the plan: "
                          "that would be a circle or an arrow back up")
    endif()
  endforeach()
  list(APPEND rooms "${room}")
endforeach()

# Every folder of sources is a room of the plan.
file(GLOB_RECURSE everything RELATIVE "${SOURCE_DIR}" "${SOURCE_DIR}/engine/*.?pp" "${SOURCE_DIR}/net/*.?pp"
     "${SOURCE_DIR}/storage/*.?pp" "${SOURCE_DIR}/http/*.?pp")
list(FILTER everything EXCLUDE REGEX "^engine/commands/")
foreach(file IN LISTS everything)
  get_filename_component(folder "${file}" DIRECTORY)
  if(NOT folder IN_LIST rooms)
    string(APPEND offences "\n${file}: ${folder} is no room of the plan")
  endif()
endforeach()

foreach(room IN LISTS rooms)
  file(GLOB files "${SOURCE_DIR}/${room}/*.cpp" "${SOURCE_DIR}/${room}/*.hpp" "${SOURCE_DIR}/${room}/*.h")
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

# Of the tests, the simulation stands on the rooms below the executable and on what tests share.
file(GLOB files "${SOURCE_DIR}/tests/simulation/*.?pp")
foreach(file IN LISTS files)
  file(STRINGS "${file}" lines REGEX "${include_line}")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "${include_line}" whole "${line}")
    set(path "${CMAKE_MATCH_1}")
    if(path MATCHES "^(engine/commands|net|http|storage/disk)/" OR
       (path MATCHES "^tests/" AND NOT path MATCHES "^tests/(simulation|support)/"))
      file(RELATIVE_PATH name "${SOURCE_DIR}" "${file}")
      string(APPEND offences "\n${name}: ${path}: the simulation uses nothing of what it simulates")
    endif()
  endforeach()
endforeach()

if(includes_read EQUAL 0)
  message(FATAL_ERROR "layering: no include was found in ${files_read} files: nothing was checked")
endif()
if(offences)
  message(FATAL_ERROR "layering: arrows that are not in the picture:${offences}")
endif()
message(STATUS "layering: ${includes_read} includes in ${files_read} files are as drawn")
