#include "engine/commands/journal.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include <vector>

#include "engine/commands/environment.hpp"
#include "engine/report/condition_catalogue.hpp"

namespace suprsync::journal {

namespace {

// sd_journal_sendv(3) drops silently what is sent where there is no such socket.
constexpr const char* taken_here = "/run/systemd/journal/socket";

}  // namespace

bool is_standard_error() {
    const auto stream = environment_variable("JOURNAL_STREAM");
    struct stat facts{};
    return stream && ::fstat(STDERR_FILENO, &facts) == 0 &&
           *stream == fmt::format("{}:{}", facts.st_dev, facts.st_ino);
}

bool takes_records() { return ::access(taken_here, W_OK) == 0; }

bool send(int priority, const std::string& message, const log::about& about) {
    std::vector<std::string> fields{"MESSAGE=" + message, fmt::format("PRIORITY={}", priority),
                                    "SYSLOG_IDENTIFIER=suprsync"};
    if (!about.archive.empty()) fields.push_back(fmt::format("ARCHIVE={}", about.archive));
    if (about.id != 0) fields.push_back(fmt::format("FILE_ID={}", about.id));
    if (!about.path.empty()) fields.push_back(fmt::format("FILE_PATH={}", about.path));
    if (!about.kind.empty())
        fields.push_back(fmt::format("{}={}", is_condition(about.kind) ? "CONDITION" : "EVENT", about.kind));
    std::vector<iovec> pieces;
    for (auto& field : fields) pieces.push_back({field.data(), field.size()});
    return sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size())) >= 0;
}

}  // namespace suprsync::journal
