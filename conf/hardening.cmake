# How the program is compiled and linked when it is optimised to be shipped: what `dpkg-buildflags` of Debian 12 asks for
# with hardening=+all, so that the program that the tests drive is the one in the package; and without the names of the
# directories it was built in, so that it is the same bytes from everywhere. It stays below 10 MB by leaving out what
# nothing calls, by keeping one of several functions that are the same, by packed relocations, and by less inlining where
# nothing is done often. Adds to the target `suprsync_flags`; suprsync_small() is for targets.
include(CheckCXXCompilerFlag)
include(CheckLinkerFlag)

set(shipped "$<CONFIG:RelWithDebInfo,Release,MinSizeRel>")
if(SUPRSYNC_SANITIZE)
  set(shipped 0)
endif()
foreach(flag -fstack-protector-strong -fPIE -ffunction-sections -fdata-sections -Werror=format-security)
  string(MAKE_C_IDENTIFIER "suprsync_takes${flag}" taken)
  check_cxx_compiler_flag(${flag} ${taken})
  if(${taken})
    target_compile_options(suprsync_flags INTERFACE $<${shipped}:${flag}>)
  endif()
endforeach()
target_compile_options(suprsync_flags INTERFACE $<${shipped}:-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.>)
# Not defined by the compiler already, as it is by those of some distributions.
target_compile_options(suprsync_flags INTERFACE $<${shipped}:-U_FORTIFY_SOURCE> $<${shipped}:-D_FORTIFY_SOURCE=2>)
foreach(flag -pie -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -Wl,--build-id=sha1 -Wl,--gc-sections -Wl,--icf=safe
             -Wl,-z,pack-relative-relocs)
  string(MAKE_C_IDENTIFIER "suprsync_links${flag}" taken)
  check_linker_flag(CXX ${flag} ${taken})
  if(${taken})
    target_link_options(suprsync_flags INTERFACE $<${shipped}:${flag}>)
  endif()
endforeach()

# For code that runs a few times a second at most. As -Os, which precompiled headers cannot be shared with.
function(suprsync_small target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE "$<${shipped}:SHELL:-mllvm -inline-threshold=10>")
  endif()
endfunction()
