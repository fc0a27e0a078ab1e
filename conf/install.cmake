# What an installation does that depends on where it goes, which is known only then (cmake --install ... --prefix DIR):
# the systemd unit names the program's place, and the program's debug symbols go into a file of their own. Run by
# cmake_install.cmake; CMakeLists.txt sets `objcopy`, `built` (the program), `work` (a place for files) and `bin`.
cmake_path(ABSOLUTE_PATH bin BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE)

# As systemd reads a command: quoted, "%" doubled.
string(REGEX REPLACE "([\\\"])" "\\\\\\1" program "${bin}/suprsync")
string(REPLACE "%" "%%" program "${program}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/suprsync.service.in" "${work}/suprsync.service" @ONLY)
file(INSTALL "${work}/suprsync.service" DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system")

# Debuggers look for them there when the prefix is /usr. In a package (--component) debhelper does that.
if(CMAKE_INSTALL_COMPONENT)
  return()
endif()
set(debug_file "${work}/suprsync.debug")
file(MAKE_DIRECTORY "${work}/stripped")
execute_process(COMMAND "${objcopy}" --only-keep-debug "${built}" "${debug_file}" COMMAND_ERROR_IS_FATAL ANY)
file(INSTALL "${debug_file}" DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/debug${bin}")
execute_process(COMMAND "${objcopy}" --strip-all "--add-gnu-debuglink=${debug_file}" "${built}"
                        "${work}/stripped/suprsync" COMMAND_ERROR_IS_FATAL ANY)
file(INSTALL "${work}/stripped/suprsync" DESTINATION "${bin}" USE_SOURCE_PERMISSIONS)
