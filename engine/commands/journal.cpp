#include "engine/commands/journal.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>

#include "engine/commands/environment.hpp"

namespace suprsync {

namespace {

constexpr const char* default_address = "/run/systemd/journal/socket";

bool standard_error_leads_there() {
    const auto stream = environment_variable("JOURNAL_STREAM");
    struct ::stat seen{};
    return stream && ::fstat(STDERR_FILENO, &seen) == 0 &&
           *stream == fmt::format("{}:{}", seen.st_dev, seen.st_ino);
}

// https://systemd.io/JOURNAL_NATIVE_PROTOCOL: a value with newlines has its length, 64 bits little-endian,
// before it.
void add(std::string& record, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    record += name;
    if (value.find('\n') == std::string_view::npos) {
        record += '=';
    } else {
        record += '\n';
        for (unsigned byte = 0; byte < 8; ++byte)
            record += static_cast<char>(std::uint64_t{value.size()} >> (8 * byte) & 0xffU);
    }
    record.append(value).append(1, '\n');
}

}  // namespace

journal::journal() : address_(environment_variable("SUPRSYNC_JOURNAL_SOCKET").value_or(default_address)) {
    if (standard_error_leads_there() && address_.size() < sizeof(sockaddr_un::sun_path))
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

journal::~journal() {
    if (socket_ >= 0) ::close(socket_);
}

bool journal::send(int priority, std::string_view message, const log::about& about) const {
    std::string record;
    add(record, "MESSAGE", message);
    add(record, "PRIORITY", std::to_string(priority));
    add(record, "SYSLOG_IDENTIFIER", "suprsync");
    add(record, "SUPRSYNC_ARCHIVE", about.archive);
    if (about.id != 0) add(record, "SUPRSYNC_ID", std::to_string(about.id));
    add(record, "SUPRSYNC_PATH", about.path);
    add(record, "SUPRSYNC_KIND", about.kind);
    sockaddr_un there{};
    there.sun_family = AF_UNIX;
    address_.copy(static_cast<char*>(there.sun_path), sizeof there.sun_path - 1);
    const auto* address = reinterpret_cast<const sockaddr*>(&there);
    return ::sendto(socket_, record.data(), record.size(), MSG_NOSIGNAL, address, sizeof there) >= 0;
}

}  // namespace suprsync
