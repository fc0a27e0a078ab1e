# What an installation does that depends on where it goes, which is known only then (cmake --install ... --prefix DIR):
# the systemd units name the program's place, and the program's debug symbols go into a file of their own. Run by
# cmake_install.cmake; CMakeLists.txt sets `objcopy`, `built` (the program), `work` (a place for files) and `bin`.
cmake_path(ABSOLUTE_PATH bin BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE)

# As systemd reads a command: quoted, "%" doubled.
string(REGEX REPLACE "([\\\"])" "\\\\\\1" program "${bin}/suprsync")
string(REPLACE "%" "%%" program "${program}")

# One text for both units: the daemon of the machine, and one of several, which has a name.
function(install_unit file)
  configure_file("${CMAKE_CURRENT_LIST_DIR}/suprsync.service.in" "${work}/${file}" @ONLY)
  file(INSTALL "${work}/${file}" DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system")
endfunction()
block()
  set(unit_name suprsync.service)
  set(config_file /etc/suprsync/suprsync.yaml)
  set(options_file /etc/suprsync/options)
  set(directory suprsync)
  install_unit(suprsync.service)
endblock()
block()
  set(of_instance " with one of several configurations, each under a name of its own")
  set(description " %i")
  set(unit_name suprsync@NAME.service)
  set(config_file /etc/suprsync/NAME.yaml)
  set(doctor_options " --config /etc/suprsync/NAME.yaml")
  set(options_file /etc/suprsync/%i.options)
  set(run_options " --config \"/etc/suprsync/%i.yaml\"")
  set(directory suprsync-%i)
  install_unit(suprsync@.service)
endblock()

# The account and the group of the units (sysusers.d(5)).
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/suprsync.sysusers" DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/sysusers.d"
     RENAME suprsync.conf)

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
