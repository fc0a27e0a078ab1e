# Fails where a string literal is split over lines: a text that a person searches for, or a statement that is tried by
# hand, stands whole; what has lines of its own is a raw string. Run as: cmake -DSOURCE_DIR=... -P literals.cmake
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE sources RELATIVE "${SOURCE_DIR}" "${SOURCE_DIR}/engine/*.?pp" "${SOURCE_DIR}/net/*.?pp"
     "${SOURCE_DIR}/storage/*.?pp" "${SOURCE_DIR}/http/*.?pp" "${SOURCE_DIR}/tests/*.?pp" "${SOURCE_DIR}/benchmarks/*.cpp")
if(NOT sources)
  message(FATAL_ERROR "literals: no sources below ${SOURCE_DIR}: nothing was checked")
endif()
set(offences "")
foreach(source IN LISTS sources)
  file(READ "${SOURCE_DIR}/${source}" text)
  if(text MATCHES "[^\n]*\"s?v?\n *R?\"[^\n]*")
    string(APPEND offences "\n${source}:\n${CMAKE_MATCH_0}")
  endif()
endforeach()
if(offences)
  message(FATAL_ERROR "literals: they are split:${offences}")
endif()
list(LENGTH sources number)
message(STATUS "literals: they stand whole in ${number} files")
