#include "engine/rules/http_diagnosis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/model/shell_word.hpp"

namespace suprsync {

namespace {

constexpr unsigned of_everybody = 0007, written_by_group = 0020, of_anybody_else = 0077;

finding told_of_http(std::string text) { return {health::warning, "", "http", std::move(text)}; }

void judge_secret(const probed_secret& secret, std::vector<finding>& found) {
    const auto open_to = secret.mode & (secret.of_ssh ? of_anybody_else : of_everybody | written_by_group);
    if (open_to == 0) return;
    found.push_back({health::warning, secret.archive, secret.option,
                     fmt::format("{} may be read or changed by other accounts (mode {:04o}): chmod 600 {}{}",
                                 secret.path, secret.mode & 07777, command_word(secret.path),
                                 secret.of_ssh ? ", since ssh does not use such a key"
                                               : ", and make it anew where somebody may have read it")});
}

}  // namespace

std::vector<finding> judge_http(const probed_http& here) {
    std::vector<finding> found;
    std::vector<std::string> where;
    for (const auto& one : here.listens) {
        where.push_back(one.text);
        if (one.reach == reach::this_machine && !here.has_token && !here.read_only)
            found.push_back(told_of_http(fmt::format(
                "{} asks for no token: any account of this machine may register files, change rows and pause archives there; make a token (suprsync token FILE) and set http.token_file, or listen on a Unix socket alone (http.listen: unix:PATH), or set http.access: read-only",
                one.text)));
        if (one.reach == reach::network && here.has_token && !here.speaks_tls)
            found.push_back(told_of_http(fmt::format(
                "{} takes the token in the clear: whoever sees the network can read it and use it; set http.tls_certificate and http.tls_key, or listen on 127.0.0.1 and come by ssh -L",
                one.text)));
    }
    for (const auto& secret : here.secrets) judge_secret(secret, found);
    if (found.empty())
        found.push_back({health::ok, "", "http",
                         where.empty() ? "the daemon answers no requests (http.listen: off)"
                                       : fmt::format("listens on {}", fmt::join(where, ", "))});
    return found;
}

}  // namespace suprsync
