#include "engine/commands/tool_catalog.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "engine/commands/environment.hpp"
#include "engine/commands/run_options.hpp"
#include "engine/commands/tool_configuration.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/archive_names.hpp"

namespace suprsync {

namespace {

constexpr double default_patience = 30;  // s
constexpr std::chrono::milliseconds lock_poll{100};

}  // namespace

std::vector<command_option> with_catalog_options(std::vector<command_option> own) {
    own.push_back({"db", "PATH", "the catalog ($SUPRSYNC_DB, else that of the configuration)"});
    own = with_configuration_option(std::move(own));
    own.push_back(
        {"patience", "TIME", "how long to wait for a catalog that another program has locked (30s)"});
    return own;
}

std::vector<command_option> with_registration_options(std::vector<command_option> own) {
    own.push_back({"create-db", "", "make the catalog where it is missing"});
    own.push_back(
        {"new-archive", "", "ARCHIVE is a new one: no daemon has served it yet, and it has no files"});
    return with_catalog_options(std::move(own));
}

std::string catalog_path(const tool_arguments& arguments) {
    auto path = arguments.text("db").value_or("");
    for (const char* variable : {"SUPRSYNC_DB", "SUPRSYNC_DB_PATH"})
        if (path.empty()) path = environment_variable(variable).value_or("");
    // What the command line names is looked at, whatever else says where the catalog is.
    if (!path.empty() && !arguments.has("config")) return path;
    const auto configuration = read_tool_configuration(arguments);
    if (path.empty()) path = configuration.catalog();
    if (!path.empty()) return path;
    if (!configuration.unusable.empty())
        throw failure_error({failure_code::invalid, "find", "the catalog", configuration.unusable});
    throw usage_error(fmt::format(
        "which catalog? Say --db PATH or --config FILE, or set SUPRSYNC_DB or SUPRSYNC_CONFIG; there is no {}",
        where_nothing_is_named().file));
}

tool_catalog::tool_catalog(const tool_arguments& arguments, catalog_use use)
    : patience_(arguments.duration("patience", 0, 1e6).value_or(default_patience)),
      may_be_new_(arguments.has("new-archive")),
      path_(catalog_path(arguments)) {
    catalog_options options;
    options.path = path_;
    options.must_exist = !arguments.has("create-db");
    options.read_only = use == catalog_use::reading;
    options.open_patience = std::chrono::milliseconds(static_cast<std::int64_t>(patience_ * 1000));
    auto opened = open_catalog(loop_.get_executor(), options);
    if (!opened) {
        auto why = opened.error();
        if (why.code == failure_code::not_found && arguments.takes("create-db"))
            why.detail += "; --create-db makes one";
        throw failure_error(why);
    }
    catalog_ = std::move(*opened);
    if (use == catalog_use::changing) prepare();
}

tool_catalog::~tool_catalog() = default;

void tool_catalog::turn_until(const std::function<bool()>& done) {
    while (!done()) {
        loop_.restart();
        loop_.run_one_for(lock_poll);
        const auto since = catalog_->locked_since();
        if (!since || wall_clock() - *since <= patience_ || done()) continue;
        catalog_->stop();
        // What waits for the lock ends now; nobody is left behind that would write into our stack.
        while (!done()) {
            loop_.restart();
            loop_.run_one();
        }
        throw failure_error(
            {failure_code::locked, "use the catalog", path_,
             fmt::format("another program has had it locked for {}; find it with: fuser -v {}",
                         human::span(patience_), command_word(path_))});
    }
}

void tool_catalog::prepare() {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const auto begun = wall_clock();
    bool shown = false;
    while (true) {
        const auto step = wait(catalog_->prepare_step());
        if (terminal && (shown || wall_clock() - begun > 1)) {
            shown = true;
            std::cerr << fmt::format("\r\x1b[Kindexing the catalog for the first time: {} of {} rows",
                                     human::count(step.rows_done), human::count(step.rows_total))
                      << std::flush;
        }
        if (step.done) break;
    }
    if (shown) std::cerr << "\r\x1b[K" << std::flush;
}

void tool_catalog::check_known(const std::string& archive) {
    if (may_be_new_) return;
    if (const auto why = why_unknown(archive, wait(catalog_->known_archives())))
        throw failure_error({failure_code::not_found, "register for", "archive " + shown_name(archive),
                             shown_name(*why) + "; where it is a new one, say --new-archive"});
}

void tool_catalog::check_archive(const std::string& archive) {
    std::vector<std::string> names;
    for (auto& known : wait(catalog_->known_archives()))
        if (known.files > 0) names.push_back(std::move(known.name));
    if (std::find(names.begin(), names.end(), archive) != names.end()) return;
    std::vector<std::string> shown;
    for (const auto& name : names) shown.push_back(shown_name(name));
    throw failure_error(
        {failure_code::not_found, "find archive", shown_name(archive),
         names.empty() ? "the catalog has no files yet"
                       : fmt::format("it has no files in this catalog; those that have: {}{}",
                                     fmt::join(shown, ", "), shown_name(did_you_mean(archive, names)))});
}

std::string tool_catalog::local_path(const std::string& operand) {
    auto path = absolute_path(operand);
    if (path == operand) return path;
    file_query query;
    query.limit = 1;
    for (const auto& spelling : {path, operand}) {
        query.local_path = spelling;
        if (!wait(catalog_->list_files(query)).files.empty()) return spelling;
    }
    return path;
}

file_view tool_catalog::file(file_id id) {
    auto found = wait(catalog_->find(id));
    if (!found)
        throw failure_error({failure_code::not_found, "find file", fmt::format("{}", id),
                             "the catalog has no row with this id"});
    return std::move(*found);
}

}  // namespace suprsync
