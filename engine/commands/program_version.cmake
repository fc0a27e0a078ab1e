# Writes program_version.cpp, anew only where the commit has changed. Run by the build: cmake -DSOURCE_DIR=...
# -DVERSION=... -DGIT=... -DOUTPUT=... -P program_version.cmake
set(program_version "${VERSION}")
# A source archive may lie inside a repository that is not its own.
if(GIT AND EXISTS "${SOURCE_DIR}/.git")
  execute_process(COMMAND "${GIT}" -C "${SOURCE_DIR}" rev-parse --short=7 HEAD
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0)
    string(APPEND program_version " (${commit})")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[#include "engine/commands/program_version.hpp"

std::string_view suprsync::program_version() { return "@program_version@"; }
]])
