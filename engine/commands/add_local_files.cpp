// `suprsync add-local-files`: registers all files below a directory.
#include <fmt/format.h>

#include <boost/describe/class.hpp>
#include <filesystem>
#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/commands/tree_registration.hpp"
#include "engine/config/configuration.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/registration_rules.hpp"

namespace fs = std::filesystem;

namespace suprsync {

BOOST_DESCRIBE_STRUCT(tree_tally::file, (), (local_path, remote_path))
BOOST_DESCRIBE_STRUCT(tree_tally, (),
                      (registered, bytes, registered_already, changed_recently, refused, examples))

namespace {

tree_settings read_settings(const tool_arguments& arguments) {
    tree_settings s;
    s.root = absolute_path(arguments.operands()[0]);
    // Without it, a trailing slash would become part of every path.
    if (!s.root.has_filename()) s.root = s.root.parent_path();
    s.archive = arguments.operands()[1];
    check_name("archive", s.archive).value();
    s.last_edit = arguments.duration("last-edit", 0, 1e11).value_or(s.last_edit);
    s.dry = arguments.has("dry");
    s.md5 = !arguments.has("no-md5");
    s.deletable = !arguments.has("no-delete");
    if (!s.md5 && arguments.has("jobs")) throw usage_error("--jobs and --no-md5 exclude each other");
    s.jobs = static_cast<int>(arguments.whole("jobs", 1, 256).value_or(s.jobs));
    if (auto prefix = arguments.text("remote-prefix")) {
        while (prefix->ends_with('/')) prefix->pop_back();
        check_remote_path(*prefix).value();
        s.remote_prefix = *prefix + "/";
    }
    s.catalog_path = absolute_path(catalog_path(arguments));
    if (!fs::is_directory(s.root))
        throw failure_error({failure_code::not_found, "read", shown_name(s.root.string()),
                             fs::exists(s.root) ? "it is no directory" : "there is no such directory"});
    return s;
}

std::string plural(std::uint64_t n, const char* what) {
    return human::counted(static_cast<std::int64_t>(n), what);
}

void print(const tree_settings& s, const tree_tally& t) {
    std::cout << fmt::format("{} {} below {} ({})", s.dry ? "would register" : "registered",
                             plural(t.registered, "file"), shown_name(s.root.string()),
                             human::bytes(static_cast<double>(t.bytes)));
    if (t.registered_already > 0)
        std::cout << fmt::format("; {} registered already",
                                 human::count(static_cast<std::int64_t>(t.registered_already)));
    if (t.changed_recently > 0)
        std::cout << fmt::format("; {} changed within the last {}",
                                 human::count(static_cast<std::int64_t>(t.changed_recently)),
                                 human::span(s.last_edit));
    if (t.refused > 0)
        std::cout << fmt::format("; {} not registered", human::count(static_cast<std::int64_t>(t.refused)));
    std::cout << (t.examples.empty() ? "" : ", among them:") << '\n';
    for (const auto& [local, remote] : t.examples)
        std::cout << fmt::format("  {} -> {}\n", shown_name(local), shown_name(remote));
}

void print_as_json(const tree_settings& s, const tree_tally& t) {
    json_writer json;
    json.begin_object().member("dry", s.dry).members(t).end_object();
    print_json(json);
}

int add_local_files(const tool_arguments& arguments) {
    const auto s = read_settings(arguments);
    const auto t = register_tree(s, arguments);
    if (arguments.has("json"))
        print_as_json(s, t);
    else
        print(s, t);
    return t.refused > 0 ? exit_code::failed : exit_code::done;
}

}  // namespace

command describe_add_local_files() {
    command c;
    c.name = "add-local-files";
    c.synopsis = "ROOT ARCHIVE";
    c.summary = "register all files below a directory";
    c.description =
        "Registers every regular file below ROOT that the archive does not have yet, with its path relative to ROOT as remote path, a thousand in a transaction. What cannot be registered is named on standard error, and everything else is registered: exit status 1. It may be interrupted and begun again.";
    c.options = with_registration_options(
        {{"last-edit", "TIME", "only files that nobody has changed for so long (60s)"},
         {"remote-prefix", "DIR", "directory at the destination that the remote paths begin with"},
         {"jobs", "N", "files of which the MD5 sum is computed at a time (2)"},
         {"no-md5", "", "leave the MD5 sums to the daemon"},
         {"no-delete", "", "the local files are never to be deleted"},
         {"dry", "", "only tell what would be registered"},
         {"json", "", "print the figures as JSON"}});
    c.least_operands = c.most_operands = 2;
    c.run = add_local_files;
    return c;
}

}  // namespace suprsync
