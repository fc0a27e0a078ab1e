#include "tests/end_to_end/site.hpp"

#include <unistd.h>

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

namespace {

// Whether the running test has failed so far: then the daemon's log tells why.
bool test_failed() {
    if (std::uncaught_exceptions() > 0) return true;
    namespace ut = boost::unit_test;
    return !ut::results_collector.results(ut::framework::current_test_unit().p_id).passed();
}

}  // namespace

int timecode_now() { return static_cast<int>(std::floor(now() / 1e5)); }

site::site()
    : data(scratch / "data"),
      destination(scratch / "destination"),
      base(destination / "base"),
      database(scratch / "suprsync.db"),
      finalization_root(scratch / "finalization"),
      log(scratch / "daemon.log"),
      program_{SUPRSYNC_BINARY} {
    fs::create_directories(data);
    fs::create_directories(destination);
    options = {{"--archive-name", archive},
               {"--remote-basedir", base.string()},
               {"--db-path", database.string()},
               {"--suprsync-file-root", finalization_root.string()},
               {"--instance-id", instance},
               {"--local-root", data.string()},
               {"--http-listen", "unix:" + (scratch / "http").string()},
               {"--sleep-time", "600"},
               {"--log-level", "debug"}};
    fs::create_directories(scratch / "bin");
    environment = {{"SUPRSYNC_TEST", scratch.path().string()},
                   {"PATH", (scratch / "bin").string() + ":" + std::getenv("PATH")}};
    remote_path_variable = (scratch / "bin").string() + ":/usr/local/bin:/usr/bin:/bin";
}

site::~site() {
    if (daemon_ && test_failed()) {
        const auto text = daemon_->log();
        std::cerr << "---- the daemon's log ends:\n"
                  << (text.size() > 8000 ? text.substr(text.size() - 8000) : text) << "----" << std::endl;
    }
    daemon_.reset();
    catalog_.reset();
    for (const auto& left : processes()) ::kill(left.pid, SIGKILL);
}

void site::use_ssh() {
    sshd_ = std::make_unique<sshd>(scratch / "sshd", std::vector{"SetEnv PATH=" + remote_path_variable});
    options["--ssh-host"] = sshd_->host();
    options["--ssh-key"] = sshd_->key().string();
    environment["SUPRSYNC_SSH_CONFIG"] = sshd_->client_configuration().string();
}

void site::stop_sshd() { sshd_->kill(); }
void site::start_sshd() { sshd_->start(); }
void site::freeze_sshd(bool frozen) { frozen ? sshd_->freeze() : sshd_->thaw(); }
void site::forget_host_key() { write_file(sshd_->known_hosts(), ""); }

void site::use_ssh_through_proxy() {
    use_ssh();
    proxy_ = std::make_unique<tcp_proxy>(sshd_->port());
    sshd_->lead_through(proxy_->port());
}

void site::limit_proxy_rate(std::uint64_t bytes_per_second) { proxy_->set_rate(bytes_per_second); }
void site::cut_proxy_after(std::uint64_t bytes) { proxy_->cut_after(bytes); }
void site::swallow_at_proxy(bool swallow) { proxy_->swallow(swallow); }
std::uint64_t site::bytes_through_proxy() const { return proxy_->to_target(); }

void site::run_without_root() {
    if (geteuid() != 0) return;
    constexpr uid_t nobody = 65534;
    // The build directory may be closed to others.
    const auto copy = scratch / "suprsync";
    fs::copy_file(SUPRSYNC_BINARY, copy);
    program_ = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy.string()};
    fs::permissions(scratch.path(), fs::perms(0755));
    const auto give = [](const fs::path& path) {
        if (lchown(path.c_str(), nobody, nobody) != 0)
            throw std::system_error(errno, std::generic_category(), "lchown " + path.string());
    };
    give(scratch.path());
    for (const auto& entry : fs::recursive_directory_iterator(scratch.path())) give(entry.path());
}

void site::wrap(const std::string& program, const std::string& script) {
    const auto path = scratch / "bin" / program;
    write_file(path, "#!/bin/sh\nreal=/usr/bin/" + program + "\nfirst() { mkdir '" +
                         (scratch / program).string() + "-was-here' 2>/dev/null; }\n" +
                         "case \"$*\" in --version | '--status -c --strict -') exec $real \"$@\" ;; esac\n" +
                         script);
    fs::permissions(path, fs::perms(0755));
    // It is for copies that rsync makes.
    environment["SUPRSYNC_TRANSFER"] = "rsync";
}

fs::path site::programs_without(const std::string& name) const {
    const auto bin = scratch / ("without-" + name);
    fs::create_directory(bin);
    for (const auto* directory : {"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"})
        for (const auto& program : fs::directory_iterator(directory)) {
            const auto file = program.path().filename();
            if (file != name && !fs::exists(fs::symlink_status(bin / file)))
                fs::create_symlink(program.path(), bin / file);
        }
    return bin;
}

std::vector<std::string> site::command() const {
    auto all = program_;
    all.push_back("run");
    for (const auto& [option, value] : options) {
        all.push_back(option);
        if (!value.empty()) all.push_back(value);
    }
    return all;
}

daemon_process& site::start_unready() {
    daemon_.reset();
    daemon_ = std::make_unique<daemon_process>(command(), environment, log);
    return *daemon_;
}

daemon_process& site::start() {
    start_unready();
    wait_until("the daemon is ready", [this] {
        if (const auto end = daemon_->ended())
            throw std::runtime_error("the daemon ended with " + end->text() + "; its log:\n" +
                                     daemon_->log());
        try {
            return http().get("/readyz").status == 200;
        } catch (const std::exception&) {
            return false;
        }
    });
    return *daemon_;
}

void site::stop() {
    daemon_->signal(SIGTERM);
    const auto end = daemon_->wait();
    if (end != exited_with(0)) throw std::runtime_error("after SIGTERM the daemon ended with " + end.text());
}

void site::kill() {
    daemon_->signal(SIGKILL);
    daemon_->wait();
}

http_client site::http() const {
    const auto listen = options.at("--http-listen");
    if (listen.starts_with("unix:")) return http_client(listen);
    const auto line = daemon_->await_line("listening on http://");
    const auto at = line.find("http://");
    return http_client(line.substr(at, line.find_first_not_of("0123456789", at + 17) - at));
}

json::object site::status() const { return http().get("/status").json().as_object(); }

json::value site::condition(const std::string& kind) const {
    const auto all = status();
    for (const auto& held : all.at("conditions").as_array())
        if (held.at("kind").as_string() == kind) return held;
    return nullptr;
}

void site::await_condition(const std::string& kind) const {
    wait_until("condition " + kind, [&] { return !condition(kind).is_null(); });
}

void site::await_no_condition(const std::string& kind) const {
    wait_until("end of condition " + kind, [&] { return condition(kind).is_null(); });
}

json::object site::file(std::int64_t id) const {
    return http().get("/files/" + std::to_string(id)).json().as_object();
}

foreign_writer& site::catalog() {
    if (!catalog_) {
        catalog_ = std::make_unique<foreign_writer>(database);
        catalog_->create_tables();
    }
    return *catalog_;
}

catalog_row site::make_file(const std::string& name, const std::string& remote_path,
                            std::string_view content) {
    const auto path = data / name;
    write_file(path, content);
    set_mtime(path, now() - 3600);
    catalog_row row;
    row.local_path = path.string();
    row.local_md5sum = md5_of(content);
    row.archive_name = archive;
    row.remote_path = remote_path;
    row.timestamp = now();
    row.failed_copy_attempts = 0;
    row.deletable = true;
    row.ignore = false;
    return row;
}

std::int64_t site::add_file(const std::string& name, const std::string& remote_path,
                            std::string_view content) {
    return catalog().insert(make_file(name, remote_path, content));
}

void site::await_verified(std::int64_t id) {
    wait_until("row " + std::to_string(id) + " is verified", [&] { return catalog().row(id).verified(); });
}

void site::await_all_verified() {
    wait_until("every row is verified", [&] {
        return catalog().number(
                   R"(SELECT count(*) FROM supersync_v0 WHERE coalesce("ignore", 0) = 0
                   AND (remote_md5sum IS NOT local_md5sum OR local_md5sum = ''))") == 0;
    });
}

catalog_row site::await_finalized(int timecode, int revision) {
    catalog_row found;
    wait_until("timecode " + std::to_string(timecode) + " is finalized", [&] {
        const auto rows = catalog().rows("remote_path LIKE '%\\_" + std::to_string(timecode) +
                                         "\\_finalized.yaml' ESCAPE '\\'");
        if (rows.size() < static_cast<std::size_t>(revision)) return false;
        found = rows[static_cast<std::size_t>(revision) - 1];
        return found.verified();
    });
    return found;
}

void site::let_days_be_quiet() { catalog().execute("UPDATE suprsync_settlements SET at = at - 3600"); }

std::vector<process> site::processes() const {
    return processes_about("SUPRSYNC_TEST=" + scratch.path().string());
}

}  // namespace suprsync::test
