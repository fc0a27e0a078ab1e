# Installs what was built into a tree of its own, as into /usr, and looks at what is there: nothing is missing and
# nothing else lies there, the program has no debug symbols and its file beside it has, the units start the program where
# it is and systemd takes them, also with the drop-in that the program writes, by which they are as closed as the documents
# say, the manual pages and the completions are well-formed. Run as: cmake -DBUILD_DIR=... -DTREE=... -P install.cmake
cmake_minimum_required(VERSION 3.25)

set(faults "")
macro(fault)
  string(APPEND faults "\n" ${ARGN})
endmacro()

file(REMOVE_RECURSE "${TREE}")
set(ENV{DESTDIR} "${TREE}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix /usr OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

set(program usr/bin/suprsync)
set(debug_file usr/lib/debug/usr/bin/suprsync.debug)
set(units usr/lib/systemd/system/suprsync.service usr/lib/systemd/system/suprsync@.service usr/lib/sysusers.d/suprsync.conf)
set(manual usr/share/man/man1/suprsync.1)
set(manual_of_configuration usr/share/man/man5/suprsync.yaml.5)
set(bash_completion usr/share/bash-completion/completions/suprsync)
set(zsh_completion usr/share/zsh/vendor-completions/_suprsync)
set(fish_completion usr/share/fish/vendor_completions.d/suprsync.fish)
set(expected ${program} ${debug_file} ${units} ${manual} ${manual_of_configuration} ${bash_completion} ${zsh_completion}
             ${fish_completion} usr/share/doc/suprsync/suprsync.yaml
             usr/share/doc/suprsync/data-owner.conf usr/share/doc/suprsync/monitoring/alerts.yaml
             usr/share/doc/suprsync/monitoring/grafana.json)
list(SORT expected)
file(GLOB_RECURSE installed RELATIVE "${TREE}" "${TREE}/*")
list(APPEND expected usr/lib/tmpfiles.d/suprsync.conf)
list(SORT expected)
list(SORT installed)
if(NOT installed STREQUAL expected)
  message(FATAL_ERROR "install: expected ${expected}\ngot ${installed}")
endif()

# ---- the program and its symbols
find_program(READELF readelf REQUIRED)
function(sections_of file result)
  execute_process(COMMAND "${READELF}" --section-headers --wide "${file}" OUTPUT_VARIABLE sections ERROR_QUIET
                  COMMAND_ERROR_IS_FATAL ANY)
  set(${result} "${sections}" PARENT_SCOPE)
endfunction()
sections_of("${BUILD_DIR}/suprsync" of_built)
sections_of("${TREE}/${program}" of_program)
sections_of("${TREE}/${debug_file}" of_debug_file)
if(of_program MATCHES "\\.(debug_info|symtab)")
  fault("${program} has symbols: ${CMAKE_MATCH_0}")
endif()
if(NOT of_program MATCHES "\\.gnu_debuglink")
  fault("${program} does not name the file of its debug symbols")
endif()
foreach(section .symtab .debug_info)
  if(of_built MATCHES "\\${section}" AND NOT of_debug_file MATCHES "\\${section}")
    fault("${debug_file} lacks ${section}, which the program had when it was built")
  endif()
endforeach()
if(NOT of_built MATCHES "\\.debug_info")
  message(STATUS "install: this build has no debug symbols, so nothing says that they are kept")
endif()
execute_process(COMMAND "${TREE}/${program}" --version OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" -P "${CMAKE_CURRENT_LIST_DIR}/../conf/version.cmake"
                OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
if(NOT version STREQUAL "suprsync ${said}")
  fault("the program says '${version}', conf/version.cmake says '${said}'")
endif()
string(STRIP "${version}" version)
file(READ "${TREE}/${manual}" said)
string(FIND "${said}" "\"${version}\"" at)
if(at LESS 0)
  fault("the manual page is not of '${version}'")
endif()

# ---- the units, as they are and with what the program itself says of a site
find_program(SYSTEMD_ANALYZE systemd-analyze REQUIRED)
set(most_exposed 20) # 2.0: of it, docs/operating.md says what it is made of
set(work "${TREE}/units")
file(MAKE_DIRECTORY "${work}")
# Nothing of this lies in the tree or is there at all; a destination here, and one by ssh.
file(WRITE "${work}/key" "")
file(WRITE "${work}/site.yaml" "
db_path: /data/so/dbs/suprsync.db
suprsync_file_root: /data/so/suprsync
local_roots: [/data/smurf, '/data/two words 100% \"so\"']
archives:
  - {name: timestreams, remote_basedir: /srv/archive/timestreams, ssh_host: so@archive,
     ssh_key: ${work}/key, delete_local_after: 7d}
  - {name: hk, remote_basedir: /srv/hk}
")
execute_process(COMMAND "${TREE}/${program}" doctor --unit --config "${work}/site.yaml" OUTPUT_VARIABLE drop_in
                ERROR_VARIABLE remarks RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  fault("doctor --unit: ${remarks}")
endif()
# The file of a real site lies elsewhere.
string(REPLACE "PrivateTmp=no" "PrivateTmp=yes" drop_in "${drop_in}")

function(analyze result)
  execute_process(COMMAND "${SYSTEMD_ANALYZE}" ${ARGN} OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE status)
  set(${result} "${status}: ${said}" PARENT_SCOPE)
endfunction()

foreach(name suprsync suprsync@)
  set(unit usr/lib/systemd/system/${name}.service)
  string(REPLACE "@" "@site" instance "${name}")
  file(READ "${TREE}/${unit}" text)
  if(text MATCHES "@[a-z_]+@")
    fault("${unit} still has ${CMAKE_MATCH_0}")
  endif()
  foreach(setting ExecStart ExecReload)
    string(REGEX MATCH "\n${setting}=\"([^\"]+)\" " line "${text}")
    if(NOT CMAKE_MATCH_1 STREQUAL "/${program}")
      fault("${unit}: ${setting} is '${CMAKE_MATCH_1}'; the program is /${program}")
    endif()
  endforeach()
  # It looks for the program, which is not below / but in the tree.
  string(REGEX REPLACE "\n(Exec[A-Za-z]+)=\"/" "\n\\1=\"${TREE}/" text "${text}")
  foreach(kind alone with_drop_in)
    set(place "${work}/${kind}")
    file(WRITE "${place}/${name}.service" "${text}")
    if(kind STREQUAL with_drop_in)
      file(WRITE "${place}/${instance}.service.d/site.conf" "${drop_in}")
    endif()
    analyze(verdict verify --man=no "${place}/${instance}.service")
    if(NOT verdict STREQUAL "0: ")
      fault("systemd-analyze does not take ${name}.service ${kind}: ${verdict}")
    endif()
  endforeach()
  analyze(verdict security --offline=true --no-pager --threshold=${most_exposed} "${work}/with_drop_in/${instance}.service")
  if(NOT verdict MATCHES "^0: .*exposure level for ${instance}\\.service: ([0-9.]+)")
    string(REGEX MATCH "Overall.*" overall "${verdict}")
    fault("${name}.service with its drop-in is more exposed than ${most_exposed} tenths: ${overall}")
  endif()
endforeach()
file(REMOVE_RECURSE "${work}")

# ---- the manual pages and the completions
find_program(GROFF groff REQUIRED)
function(check_manual file title)
  execute_process(COMMAND "${GROFF}" -man -ww -z -Tutf8 "${TREE}/${file}" ERROR_VARIABLE said OUTPUT_QUIET
                  RESULT_VARIABLE status)
  if(NOT status EQUAL 0 OR NOT said STREQUAL "")
    set(faults "${faults}\ngroff warns of ${file}: ${said}")
  endif()
  file(STRINGS "${TREE}/${file}" found REGEX "^\\.TH ${title} ")
  if(NOT found)
    set(faults "${faults}\n${file} is not ${title}")
  endif()
  file(READ "${TREE}/${file}" text)
  foreach(section IN LISTS ARGN)
    if(NOT text MATCHES "\n\\.SH ${section}\n[^\n]")
      set(faults "${faults}\n${file} has no section ${section}")
    endif()
  endforeach()
  set(faults "${faults}" PARENT_SCOPE)
endfunction()
check_manual(${manual} "SUPRSYNC 1" NAME SYNOPSIS DESCRIPTION COMMANDS EXAMPLES FILES SIGNALS "EXIT STATUS" ENVIRONMENT)
check_manual(${manual_of_configuration} "SUPRSYNC.YAML 5" NAME DESCRIPTION "KEYS OF THE DAEMON" "KEYS OF AN ARCHIVE" EXAMPLES
             FILES)
foreach(pair "bash;-n;${bash_completion}" "zsh;-n;${zsh_completion}" "fish;--no-execute;${fish_completion}")
  list(GET pair 0 shell)
  list(GET pair 1 only_read)
  list(GET pair 2 completion)
  find_program(${shell}_program ${shell} REQUIRED)
  execute_process(COMMAND "${${shell}_program}" ${only_read} "${TREE}/${completion}" ERROR_VARIABLE said
                  RESULT_VARIABLE status)
  if(NOT status EQUAL 0 OR NOT said STREQUAL "")
    fault("${shell} does not take ${completion}: ${said}")
  endif()
endforeach()

if(faults)
  message(FATAL_ERROR "install:${faults}")
endif()
file(SIZE "${TREE}/${program}" bytes)
file(REMOVE_RECURSE "${TREE}")
message(STATUS "install: all there; the program has ${bytes} bytes")
