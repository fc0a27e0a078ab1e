#include "net/remote/classify.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/remote/answer_records.hpp"

namespace suprsync {

namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Calls `accepts` with each line until it returns true; whether it did.
template <class Accepts>
bool any_line(std::string_view text, Accepts accepts) {
    while (auto line = next_line(text)) {
        while (!line->empty() && (line->back() == '\r' || line->back() == ' ')) line->remove_suffix(1);
        if (accepts(*line)) return true;
    }
    return false;
}

bool starts_with_any(std::string_view line, std::initializer_list<std::string_view> starts) {
    for (auto start : starts)
        if (line.starts_with(start)) return true;
    return false;
}

/// Lines that name no cause: greetings, the consequences of another line, and rsync's last word.
bool is_noise(std::string_view line) {
    return line.empty() ||
           starts_with_any(line, {"Warning: Permanently added", "** WARNING", "** This session",
                                  "** The server", "Terminated", "suprsync: staged ",
                                  "rsync error:", "rsync: connection unexpectedly closed",
                                  "rsync: [sender] connection unexpectedly closed", "@@@@"});
}

std::string_view advice(std::string_view line) {
    struct hint {
        std::string_view message;
        std::string_view todo;
    };
    static constexpr std::array<hint, 6> hints = {{
        {"Host key verification failed", "check the host's key and add it to known_hosts with ssh-keyscan"},
        {"HOST IDENTIFICATION HAS CHANGED", "check why the host's key is another one now"},
        {"Permission denied (", "check ssh_key and the authorized_keys of the account there"},
        {"Could not resolve hostname", "check ssh_host and the name service"},
        {"Connection refused", "check that sshd runs there"},
        {"Load key", "check that ssh_key is readable, and without a passphrase or in an agent"},
    }};
    for (const auto& h : hints)
        if (contains(line, h.message)) return h.todo;
    return {};
}

/// A site's banner comes before them.
bool is_complaint_of_ssh(std::string_view line) {
    return starts_with_any(line, {"ssh: ", "kex_", "Connection ", "banner exchange",
                                  "client_loop: ", "Timeout, ", "Received disconnect", "Disconnected from",
                                  "Unable to negotiate", "Bad ", "mux_", "packet_write", "ssh_"});
}

struct meaning {
    std::optional<failure_code> code;  ///< none: finished
    std::string_view otherwise;        ///< what to say where the process itself said nothing
};

meaning of_rsync(int status) {
    switch (status) {
        case 0:
        case 23:  // some files were not transferred
        case 24:  // some vanished
        case 25:  // --max-delete
            return {};
        case 5:    // a daemon did not start
        case 10:   // socket
        case 12:   // protocol data stream: the other side went away
        case 20:   // somebody ended one of its processes
        case 35:   // connecting to a daemon
        case 255:  // ssh
            return {failure_code::connection, "the connection was lost"};
        case 30:
            return {failure_code::stalled, "nothing arrived for rsync's time limit"};
        case 124:
        case 126:
        case 127:
            return {failure_code::missing_program, "rsync or a program that it needs cannot be run there"};
        case 1:
        case 4:
            return {failure_code::io,
                    "an option was refused: check --chmod and --bwlimit, and rsync's version"};
        case 2:
            return {failure_code::io, "the two rsyncs do not understand each other"};
        default:
            return {failure_code::io, "it failed"};
    }
}

meaning of_command(int status) {
    switch (status) {
        case 0:
        case 123:  // xargs: some of the commands failed
            return {};
        case 124:  // timeout(1) there
        case 137:  // and its SIGKILL
            return {failure_code::timed_out, "the time limit was reached at the destination"};
        case 126:
        case 127:
            return {failure_code::missing_program, "a program cannot be run there"};
        case 129:  // SIGHUP, SIGPIPE, SIGTERM: what is left of a command whose connection was lost
        case 141:
        case 143:
        case 255:
            return {failure_code::connection, "the connection was lost"};
        default:
            return {failure_code::io, "it failed"};
    }
}

meaning of_exit(program_kind kind, int status) {
    if (kind == program_kind::connection) {
        // The shell that becomes ssh did not find it.
        if (status == 126 || status == 127)
            return {failure_code::missing_program, "ssh is not installed here"};
        return {failure_code::connection, "the connection ended"};
    }
    switch (status) {
        case script_status::slot_busy:
            return {failure_code::slot_busy, "another process still works in this staging slot"};
        case script_status::base_changed:
            return {failure_code::base_changed,
                    "the base directory is another than before: is its disk mounted?"};
        case script_status::base_missing:
            return {failure_code::base_missing, "the base directory is not there: is its disk mounted?"};
        case script_status::no_staging:
            return {failure_code::io, "the staging directory has gone or cannot be entered"};
        case script_status::sync_failed:
            return {failure_code::io, "a sync of its file system failed"};
        default:
            return kind == program_kind::rsync ? of_rsync(status) : of_command(status);
    }
}

/// What the messages know better than the status.
std::optional<failure_code> of_message(program_kind kind, int status, std::string_view error) {
    if (any_line(error, [](auto line) { return line == "suprsync: slot busy"; }))
        return failure_code::slot_busy;
    if (kind == program_kind::connection) return std::nullopt;
    if (says_no_space(error)) return failure_code::no_space;
    if (kind != program_kind::rsync) return std::nullopt;
    // Without a remote shell of its own, rsync reports a missing ssh as an error of its pipes.
    const auto no_shell = [](auto line) {
        return starts_with_any(line, {"rsync: Failed to exec ", "rsync: [sender] Failed to exec "});
    };
    if (any_line(error, no_shell)) return failure_code::missing_program;
    const auto denied = [](auto line) { return line.ends_with(": Permission denied (13)"); };
    if ((status == 3 || status == 11) && any_line(error, denied)) return failure_code::not_permitted;
    return std::nullopt;
}

}  // namespace

bool says_no_space(std::string_view message) {
    // As the reason at the end of a line only: a file's name may hold these words, too, and some messages of
    // rsync end with a bare name.
    return any_line(message, [](auto line) {
        if (starts_with_any(
                line, {"cannot delete non-empty directory: ", "could not make way for new regular file: "}))
            return false;
        const auto colon = line.rfind(": ");
        if (colon != std::string_view::npos) line.remove_prefix(colon + 2);
        return line == "No space left on device" || line == "No space left on device (28)" ||
               line == "Disk quota exceeded" || line == "Disk quota exceeded (122)";
    });
}

std::optional<std::string> file_system_error(const std::vector<std::optional<std::string>>& complaints) {
    const auto ends_with_any = [](std::string_view text, std::initializer_list<std::string_view> ends) {
        return std::any_of(ends.begin(), ends.end(), [&](auto end) { return text.ends_with(end); });
    };
    const auto speaks_of_it = [&](const std::optional<std::string>& c) {
        if (!c || contains(*c, "[sender]") || contains(*c, "send_files")) return false;
        return ends_with_any(*c, {"Read-only file system", "Read-only file system (30)", "Stale file handle",
                                  "Stale file handle (116)", "Transport endpoint is not connected",
                                  "Transport endpoint is not connected (107)"}) ||
               (complaints.size() > 1 && ends_with_any(*c, {"Input/output error", "Input/output error (5)"}));
    };
    if (complaints.empty() || !std::all_of(complaints.begin(), complaints.end(), speaks_of_it)) return {};
    return complaints.front();
}

std::string telling_line(std::string_view error) {
    const auto rank = [](std::string_view line) {
        if (!advice(line).empty()) return 3;
        return is_complaint_of_ssh(line) ? 2 : 1;
    };
    std::string_view best;
    int reached = 0;
    // Of lines that tell as much the first names the cause.
    any_line(error, [&](auto line) {
        if (is_noise(line) || rank(line) <= reached) return false;
        reached = rank(line);
        best = line;
        return false;
    });
    std::string told(best);
    if (const auto todo = advice(best); !todo.empty()) told.append(" (").append(todo).append(")");
    return told;
}

process_end classify(const ended_process& ended, std::string operation, std::string subject) {
    process_end end;
    const auto error = [&](failure_code code, std::string detail) {
        end.error = failure{code, std::move(operation), std::move(subject), std::move(detail)};
    };
    if (ended.cause != ended_by::itself) {
        if (ended.cause == ended_by::stop) {
            end.exit_class = "stopped";
            error(failure_code::stopped, "the daemon is shutting down");
        } else if (ended.cause == ended_by::time_limit) {
            end.exit_class = "timed out";
            error(failure_code::timed_out, "the time limit was reached");
        } else {
            end.exit_class = "stalled";
            error(failure_code::stalled, "nothing moved for the stall timeout");
        }
        return end;
    }
    if (const auto* signal = std::get_if<signaled>(&ended.status)) {
        end.exit_class = "signal " + std::to_string(signal->signal);
        const auto code = of_message(ended.kind, -1, ended.error).value_or(failure_code::connection);
        error(code, "it was ended by signal " + std::to_string(signal->signal));
        return end;
    }
    const int status = std::get<exited>(ended.status).code;
    end.exit_class = std::to_string(status);
    auto what = of_exit(ended.kind, status);
    // A success, or a failure of single files, is overruled by a full disk only.
    if (auto code = of_message(ended.kind, status, ended.error);
        code && status != 0 && (what.code || *code == failure_code::no_space))
        what.code = code;
    if (!what.code) return end;
    auto detail = telling_line(ended.error);
    if (detail.empty() || status == script_status::slot_busy) detail = what.otherwise;
    error(*what.code, std::move(detail) + " (exit status " + end.exit_class + ")");
    return end;
}

}  // namespace suprsync
