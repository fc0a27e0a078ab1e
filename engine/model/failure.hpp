// The one way in which this program says that something expected went wrong: a value that names what was
// being done, to what, and why it failed. Exceptions are for bugs, start-up failures and cancellation.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace suprsync {

/// What kind of failure it is, as far as the layer that met it can tell. Decisions hang on this and on
/// nothing else; the texts of a `failure` are for people.
enum class failure_code {
    invalid,              ///< the request itself is wrong (400)
    not_found,            ///< the thing asked for does not exist
    conflict,             ///< contradicts what is there (409)
    not_permitted,        ///< permission denied by the operating system
    io,                   ///< any other error of a local file or directory
    place,                ///< a problem of this machine or of a disk or directory of it, of no file by itself
    no_directory,         ///< a local file is not there, nor is the directory that it lay in
    changed,              ///< what was checked is not what it was
    locked,               ///< the database is locked by another program
    catalog,              ///< any other database error
    replaced,             ///< the catalog that is open is not the one at its path any more
    not_a_catalog,        ///< the file is no database, or one of another schema
    missing_program,      ///< rsync, ssh, md5sum, flock is not installed, here or there
    runtime_directory,    ///< our own place for sockets and links cannot be had, or went away under us
    connection,           ///< the destination cannot be reached, or the connection was lost
    no_space,             ///< no space or quota at the destination
    timed_out,            ///< a time limit was reached
    stalled,              ///< nothing moved for --stall-timeout
    slot_busy,            ///< another process still has the staging slot locked
    base_missing,         ///< the destination's base directory does not exist and may not be made
    base_changed,         ///< the base directory is another than the one recorded (unmounted disk?)
    staging_unavailable,  ///< no staging directory on the base directory's file system
    not_ready,            ///< the catalog is still being prepared
    stopped,              ///< the daemon is shutting down
    archive_held,         ///< another daemon works on the archive
    in_use,               ///< another program listens there
};

/// Stable lower-case name of a code, as logs and JSON show it (`no_space`).
std::string_view name_of(failure_code code);

struct failure {
    failure_code code = failure_code::io;
    std::string operation;  ///< what was being done: "copy", "open the catalog"
    std::string subject;    ///< to what: a path, a host, an archive
    std::string detail;     ///< why it failed, and what to do where that is known

    /// One sentence for people: "cannot OPERATION SUBJECT: DETAIL".
    std::string text() const;
    bool operator==(const failure&) const = default;
};

/// A value or the failure that prevented it.
template <class T>
using result = boost::system::result<T, failure>;

/// Start-up failures and bugs, thrown; carries the same four parts.
class failure_error : public std::runtime_error {
  public:
    explicit failure_error(failure f) : std::runtime_error(f.text()), failure_(std::move(f)) {}
    const failure& why() const { return failure_; }

  private:
    failure failure_;
};

/// Called by boost::system::result when value() is asked of a failure: a bug, hence an exception.
[[noreturn]] inline void throw_exception_from_error(const failure& f, const boost::source_location&) {
    throw failure_error(f);
}

}  // namespace suprsync
