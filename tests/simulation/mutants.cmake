# Guards of engine/rules that are broken on purpose, so that the simulation can be seen to notice (mutants.sh): copies of
# the sources, in which each is asked whether it is the broken one. The program itself has nothing of this.
#
#   breakable(FILE OLD NEW)     FILE below engine/rules, OLD as it stands there once, NEW with broken("NAME") in it
#
# What is guarded in two places is broken in both under one name: each alone is not to be noticed.

set(mutants_directory "${CMAKE_CURRENT_BINARY_DIR}/mutants")
file(WRITE "${mutants_directory}/broken.new" [[
#pragma once
#include <cstdlib>
#include <string_view>
inline bool broken(std::string_view which) {
    static const char* const mutant = std::getenv("SUPRSYNC_MUTANT");
    return mutant != nullptr && which == mutant;
}
]])
file(COPY_FILE "${mutants_directory}/broken.new" "${mutants_directory}/broken.hpp" ONLY_IF_DIFFERENT)

file(WRITE "${mutants_directory}/stale" "")  # mutants.sh tells it
set(mutant_names "")
set(mutated_files "")
function(breakable file old new)
  set(path "${CMAKE_SOURCE_DIR}/engine/rules/${file}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
  set(copy "${mutants_directory}/${file}.new")
  if(NOT file IN_LIST mutated_files)
    file(READ "${path}" text)
    list(APPEND mutated_files "${file}")
    set(mutated_files "${mutated_files}" PARENT_SCOPE)
  else()
    file(READ "${copy}" text)
  endif()
  string(FIND "${text}" "${old}" at)
  if(at LESS 0)
    set(stale "engine/rules/${file} has no '${old}': say anew in mutants.cmake what is to be broken")
    message(WARNING "${stale}")
    file(APPEND "${mutants_directory}/stale" "error: ${stale}\n")
  endif()
  string(REPLACE "${old}" "${new}" text "${text}")
  file(WRITE "${copy}" "${text}")
  string(REGEX MATCHALL "broken\\(\"[a-z_]+" names "${new}")
  list(TRANSFORM names REPLACE "^.*\"" "")
  set(mutant_names ${mutant_names} ${names} PARENT_SCOPE)
endfunction()

# The four conditions of deletion.
breakable(deletability.cpp
          [[if (row.undated || !(row.timestamp < registered_before)) return]]
          [[if ((row.undated || !(row.timestamp < registered_before)) && !broken("age_does_not_count")) return]])
breakable(deletability.cpp
          [[if (known.doubtful) return]]
          [[if (known.doubtful && !broken("doubt_does_not_count")) return]])
breakable(deletability.cpp
          [[objection found{.wanted = !other.deletable,]]
          [[objection found{.wanted = !other.deletable && !broken("keepers_do_not_count"),]])
breakable(delete_guard.cpp
          [[if (*f.item.identity == **f.local) return std::nullopt;]]
          [[if (*f.item.identity == **f.local || broken("other_file_is_deleted")) return std::nullopt;]])
breakable(deletability.cpp
          [[return !yielded && other.local_md5sum]]
          [[return !yielded && !broken("other_versions_do_not_count") && other.local_md5sum]])
breakable(delete_guard.cpp
          [[if (!gone && is_the_local_file(**f.local, f.remote->object))]]
          [[if (!gone && is_the_local_file(**f.local, f.remote->object) && !broken("original_is_a_copy"))]])
breakable(delete_guard.cpp
          [[    if (!f.remote->size) return check_missing(f);]]
          [[    if (!f.remote->size && broken("missing_copy_does_not_count")) return std::nullopt;
    if (!f.remote->size) return check_missing(f);]])
breakable(delete_guard.cpp
          [[if (other_size || other_content) {]]
          [[if ((other_size || other_content) && !broken("content_there_does_not_count")) {]])
# The judge.
breakable(file_life.cpp
          [[local.mtime() > row.timestamp;]]
          [[(local.mtime() > row.timestamp && !broken("registered_sum_is_trusted"));]])
breakable(file_life.cpp
          [[const bool changed = *f.after != f.before;]]
          [[const bool changed = *f.after != f.before && !broken("changes_while_copied_do_not_count");]])
breakable(file_life.cpp
          [[if (f.remote_md5 == expected) return]]
          [[if (f.remote_md5 == expected || (f.remote_md5 && broken("sums_are_not_compared"))) return]])
breakable(file_life.cpp
          [[if (f.after == f.before) o.identity = f.before;]]
          [[if (f.after == f.before || broken("identity_is_kept_though_changed") || broken("changes_while_copied_do_not_count"))
        o.identity = f.after;]])
breakable(file_life.cpp
          [[= !read_whole || f.opened_at - f.before.mtime() < settled_mtime_age;]]
          [[= (!read_whole && !broken("registered_sum_is_trusted") && !broken("times_tell_every_change")) ||
        (!broken("fresh_times_are_trusted") && !broken("times_tell_every_change") && f.opened_at - f.before.mtime() < settled_mtime_age);]])
# Claims and publication.
breakable(claims.cpp
          [[if (!is_one_local_path(owner->local_path, row.local_path)) {]]
          [[if (!is_one_local_path(owner->local_path, row.local_path) && !broken("nobody_owns_a_path")) {]])
breakable(claims.cpp
          [[return one.verified != other.verified ? one.verified]]
          [[return one.verified != other.verified && !broken("first_comes_before_proven") ? one.verified]])
breakable(claims.cpp
          [[return is_same_registration(now, seen)]]
          [[if (broken("unwanted_is_published")) return true;
    return is_same_registration(now, seen)]])
# Copies in doubt.
breakable(copy_doubt.cpp
          [[return any_listed || (failed]]
          [[return (any_listed && !broken("failed_sync_is_forgotten")) || (failed && !broken("failed_sync_is_forgotten")]])
breakable(copy_doubt.cpp
          [[return listed || (failed]]
          [[return (listed && !broken("failed_sync_is_forgotten")) || (failed && !broken("failed_sync_is_forgotten")]])
breakable(copy_doubt.cpp
          [[return failed && (written_before || id <= failed->proved_to);]]
          [[return failed && !broken("copies_on_their_way_are_believed") && (written_before || id <= failed->proved_to);]])
# Summaries of days.
breakable(finalization.cpp
          [[    return timecode_at(now) - timecode > 1]]
          [[    if (broken("day_is_announced_before_it_is_over")) return true;
    if (broken("day_is_never_complete")) return false;
    return timecode_at(now) - timecode > 1]])
breakable(finalization.cpp
          [[const auto until = oldest_unsettled ?]]
          [[const auto until = oldest_unsettled && !broken("promise_is_now") ?]])
breakable(finalization.cpp
          [[return std::max(computed, published);]]
          [[return broken("promise_may_shrink") ? computed : std::max(computed, published);]])
# The catalog asks once more.
breakable(finalization.cpp
          [[    if (until <= published) return until == published;]]
          [[    if (broken("promise_is_now") || broken("promise_may_shrink")) return true;
    if (until <= published) return until == published;]])

set(mutated_sources "")
file(GLOB rules CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/engine/rules" "${CMAKE_SOURCE_DIR}/engine/rules/*.cpp")
foreach(file IN LISTS rules)
  if(file IN_LIST mutated_files)
    file(COPY_FILE "${mutants_directory}/${file}.new" "${mutants_directory}/${file}" ONLY_IF_DIFFERENT)
    list(APPEND mutated_sources "${mutants_directory}/${file}")
  else()
    list(APPEND mutated_sources "${CMAKE_SOURCE_DIR}/engine/rules/${file}")
  endif()
endforeach()
list(REMOVE_DUPLICATES mutant_names)
list(JOIN mutant_names "\n" lines)
file(WRITE "${mutants_directory}/names" "${lines}\n")

# Their objects come before the library of the rules, from which nothing is taken then.
add_executable(simulation_mutants EXCLUDE_FROM_ALL main.cpp ${mutated_sources})
target_compile_options(simulation_mutants PRIVATE -include "${mutants_directory}/broken.hpp")
target_link_libraries(simulation_mutants PRIVATE simulated_days)
