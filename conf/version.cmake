# Which version this is, said here and nowhere else: the number below at the commit that has its tag (v0.1.0), and
# NUMBER+<commits since>.g<commit> after it (since the beginning, where there is no such tag). A source archive has it from
# `git archive`, which fills in .git_archival.txt; how many commits lie before one without the tag is not known there: 0.
#
#   cmake -P conf/version.cmake                            prints it
#   cmake -DOUTPUT=FILE [-DGIT=...] -P conf/version.cmake  writes it as C++, anew only where it has changed
cmake_minimum_required(VERSION 3.25)

set(suprsync_number 0.1.0)

# Sets `version` to the version of the sources in `source_dir`; `git` is the program, or false where there is none.
function(suprsync_version source_dir git version)
  set(tag "v${suprsync_number}")
  set(${version} "${suprsync_number}" PARENT_SCOPE)
  # A source archive may lie inside a repository that is not its own.
  if(git AND EXISTS "${source_dir}/.git")
    set(quietly OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    set(in_git COMMAND "${git}" -C "${source_dir}")
    execute_process(${in_git} describe --tags --long --abbrev=7 --match "${tag}" ${quietly} OUTPUT_VARIABLE described)
    if(described MATCHES "-0-g[0-9a-f]+$")
      return()
    elseif(described MATCHES "-([0-9]+)-g([0-9a-f]+)$")
      set(count "${CMAKE_MATCH_1}")
      set(commit "${CMAKE_MATCH_2}")
    else()
      execute_process(${in_git} rev-list --count HEAD ${quietly} OUTPUT_VARIABLE count)
      execute_process(${in_git} rev-parse --short=7 HEAD ${quietly} OUTPUT_VARIABLE commit)
    endif()
  elseif(EXISTS "${source_dir}/.git_archival.txt")
    file(READ "${source_dir}/.git_archival.txt" archived)
    set(count 0)
    if(archived MATCHES "described: ${tag}\n")
      return()
    elseif(archived MATCHES "described: ${tag}-([0-9]+)-g([0-9a-f]+)\n")
      set(count "${CMAKE_MATCH_1}")
      set(commit "${CMAKE_MATCH_2}")
    elseif(archived MATCHES "commit: ([0-9a-f]+)\n")
      set(commit "${CMAKE_MATCH_1}")
    endif()
  endif()
  if(commit)
    set(${version} "${suprsync_number}+${count}.g${commit}" PARENT_SCOPE)
  endif()
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
