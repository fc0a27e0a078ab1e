# Which version this is, told by the tags of releases (v0.1.0) and nothing else: X.Y.Z at the commit that has the tag,
# X.Y.Z+<commits since>.g<commit> after it; before the first release X.Y.Z is 0.0.0 and counts from the beginning. A source
# archive has it from `git archive`, which fills in .git_archival.txt; how many commits lie before one without a tag is not
# known there: 0.
#
#   cmake -P conf/version.cmake                            prints it
#   cmake -DOUTPUT=FILE [-DGIT=...] -P conf/version.cmake  writes it as C++, anew only where it has changed
cmake_minimum_required(VERSION 3.25)

# Sets `version` to the version of the sources in `source_dir`; `git` is the program, or false where there is none.
function(suprsync_version source_dir git version)
  set(number 0.0.0)
  # A source archive may lie inside a repository that is not its own.
  if(git AND EXISTS "${source_dir}/.git")
    set(quietly OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    set(in_git COMMAND "${git}" -C "${source_dir}")
    execute_process(${in_git} describe --tags --long --abbrev=7 --match "v[0-9]*.[0-9]*.[0-9]*" --exclude "v*-*"
                    ${quietly} OUTPUT_VARIABLE described)
    execute_process(${in_git} rev-list --count HEAD ${quietly} OUTPUT_VARIABLE count)
    execute_process(${in_git} rev-parse --short=7 HEAD ${quietly} OUTPUT_VARIABLE commit)
  elseif(EXISTS "${source_dir}/.git_archival.txt")
    file(READ "${source_dir}/.git_archival.txt" archived)
    if(archived MATCHES "commit: ([0-9a-f]+)\n")
      set(count 0)
      set(commit "${CMAKE_MATCH_1}")
    endif()
    if(archived MATCHES "described: (v[^\n]+)\n")
      set(described "${CMAKE_MATCH_1}")
    endif()
  endif()
  if(described MATCHES "^v([0-9]+\\.[0-9]+\\.[0-9]+)(-([0-9]+)-g([0-9a-f]+))?$")
    set(number "${CMAKE_MATCH_1}")
    set(count "${CMAKE_MATCH_3}")
    set(commit "${CMAKE_MATCH_4}")
  endif()
  if(commit AND NOT (described AND count STREQUAL "0"))
    string(APPEND number "+${count}.g${commit}")
  endif()
  set(${version} "${number}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH source_dir)
  if(NOT DEFINED GIT)
    find_program(GIT git)
  endif()
  suprsync_version("${source_dir}" "${GIT}" version)
  if(OUTPUT)
    file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[#include "engine/model/version.hpp"

std::string_view suprsync::version() { return "@version@"; }
]])
  else()
    execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${version}")
  endif()
endif()
