// `suprsync token`: makes a file with a token that nobody can guess.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

namespace {

constexpr std::size_t random_bytes = 32;

std::string new_token() {
    std::array<unsigned char, random_bytes> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw failure_error({failure_code::io, "make", "a token", std::strerror(errno)});
    std::string text;
    for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

failure cannot_write(const std::string& path) {
    const int number = errno;
    if (number == EEXIST)
        return {
            failure_code::conflict, "write", path,
            "it is there already: say --force to replace its token; whoever uses the old one needs the new one then"};
    return {number == EACCES ? failure_code::not_permitted : failure_code::io, "write", path,
            std::strerror(number)};
}

// Written beside it and then given its name, so that a reader finds a whole token or none.
void write_token(const std::string& path, const std::string& token, bool replace) {
    auto beside = path + ".XXXXXX";
    const int file = ::mkostemp(beside.data(), O_CLOEXEC);  // mode 0600
    if (file < 0) throw failure_error(cannot_write(path));
    const auto text = token + "\n";
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    const bool named = written && (replace ? ::rename(beside.c_str(), path.c_str())
                                           : ::link(beside.c_str(), path.c_str())) == 0;
    const auto why = cannot_write(path);
    ::close(file);
    ::unlink(beside.c_str());
    if (!named) throw failure_error(why);
}

int token(const tool_arguments& arguments) {
    const auto path = absolute_path(arguments.operands().front());
    write_token(path, new_token(), arguments.has("force"));
    std::cout << fmt::format(R"text(a new token is in {0}, which only this account can read
in the configuration, with the next start of the daemon (its account must be able to read the file):
  http: {{token_file: {0}}}      or --http-token-file {0}
for whoever asks:
  suprsync status --token-file {0}
  curl -H "Authorization: Bearer $(cat {0})" --unix-socket PATH http://localhost/status)text",
                             path)
              << std::endl;
    return exit_code::done;
}

}  // namespace

command describe_token() {
    command c;
    c.name = "token";
    c.synopsis = "FILE";
    c.summary = "make a file with a token for the HTTP interface";
    c.description =
        "Writes a random token to a new file that only this account can read (mode 0600), and says what to put into the configuration. Run it as the daemon's account.";
    c.options = {{"force", "", "replace a file that is there"}};
    c.least_operands = c.most_operands = 1;
    c.run = token;
    return c;
}

}  // namespace suprsync
