// Registrations that come over HTTP (spec, What may be registered): each rule, and that all or none of a
// request is registered.
#include "engine/run/registrar.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "tests/engine/run/world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(registrar_rules)

namespace {

struct registrar_world : world {
    const std::vector<std::string> roots{"/data", "/mnt/extra"};
    registrar reception{catalog, disk, time, {{"smurf", roots}, {"timestreams", roots}}};

    registrar_world() {
        ask(catalog.serve("smurf", 5, "/base")).value();
        ask(catalog.serve("timestreams", 5, "/base")).value();
        disk.write("/data/a", "content of a");
        disk.write("/data/b", "content of b");
    }

    static registration_request request(const std::string& name) {
        return {"/data/" + name, "17000/" + name, "smurf", "", {}, true};
    }
    result<std::vector<added_file>> add(std::vector<registration_request> requests) {
        return ask(reception.add(std::move(requests)));
    }
    /// Refused with this code and subject, and nothing registered.
    void refused(std::vector<registration_request> requests, failure_code code, const std::string& subject,
                 const std::string& text) {
        const auto before = rows();
        const auto answer = add(std::move(requests));
        BOOST_REQUIRE_MESSAGE(!answer.has_value(), text);
        BOOST_TEST_CONTEXT(answer.error().text()) {
            BOOST_TEST((answer.error().code == code));
            BOOST_TEST(answer.error().subject.starts_with(subject));
            BOOST_TEST(holds_text(answer.error().text(), text));
            BOOST_TEST(rows() == before);
        }
    }
    void second_refused(registration_request bad, failure_code code, const std::string& text) {
        refused({request("a"), std::move(bad)}, code, "files[1]", text);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(of_a_text_of_any_length_the_beginning_is_told, registrar_world) {
    const std::string word(1 << 20, 'w');
    const auto said = [this](auto change) {
        auto r = request("a");
        change(r);
        const auto answer = add({std::move(r)});
        BOOST_REQUIRE(!answer.has_value());
        return answer.error().text().size();
    };
    BOOST_TEST(said([&](auto& r) { r.archive_name = word; }) < 1000U);
    BOOST_TEST(said([&](auto& r) { r.local_path = word; }) < 1000U);
    BOOST_TEST(said([&](auto& r) { r.local_path = "/data/" + word; }) < 1000U);
    BOOST_TEST(said([&](auto& r) { r.local_path = "/elsewhere/" + word; }) < 1000U);
    BOOST_TEST(said([&](auto& r) { r.remote_path = word; }) < 1000U);
    BOOST_TEST(said([&](auto& r) { r.remote_path = "/" + word; }) < 1000U);
}

BOOST_FIXTURE_TEST_CASE(files_are_registered_as_asked, registrar_world) {
    auto full = request("b");
    full.archive_name = "timestreams";
    full.local_md5sum = std::string(32, 'a');
    full.timestamp = 1.5e9;
    full.deletable = false;
    const auto answer = add({request("a"), full});
    BOOST_REQUIRE(answer.has_value());
    BOOST_REQUIRE(answer->size() == 2U);
    const auto& a = answer->at(0).file.row;
    BOOST_TEST(!answer->at(0).existed);
    BOOST_TEST(a.local_path == "/data/a");
    BOOST_TEST(a.remote_path == "17000/a");
    BOOST_TEST(a.archive_name == "smurf");
    BOOST_TEST(a.local_md5sum.empty());
    BOOST_TEST(a.timestamp == time.now());  // none given: now
    BOOST_TEST(a.deletable);
    const auto& b = answer->at(1).file.row;
    BOOST_TEST(b.archive_name == "timestreams");
    BOOST_TEST(b.local_md5sum == full.local_md5sum);
    BOOST_TEST(b.timestamp == 1.5e9);
    BOOST_TEST(!b.deletable);
    BOOST_TEST(catalog.count("add") == 1U);  // in one transaction
    BOOST_TEST(disk.count("digest") == 0U);  // a large file is not read to register it
}

BOOST_FIXTURE_TEST_CASE(an_identical_registration_is_answered_as_there, registrar_world) {
    const auto first = add({request("a")}).value().at(0).file.row.id;
    const auto again = add({request("a")}).value();
    BOOST_TEST(again.at(0).existed);
    BOOST_TEST(again.at(0).file.row.id == first);
    BOOST_TEST(rows() == 1);
}

BOOST_FIXTURE_TEST_CASE(one_file_is_stored_under_one_spelling, registrar_world) {
    auto odd = request("a");
    odd.local_path = "//data/./a";
    const auto first = add({odd}).value().at(0).file.row;
    BOOST_TEST(first.local_path == "/data/a");
    BOOST_TEST(add({request("a")}).value().at(0).existed);
    auto up = request("b");
    up.local_path = "/data/c/../b";
    second_refused(up, failure_code::invalid, "'..'");
}

BOOST_FIXTURE_TEST_CASE(an_empty_request_is_refused, registrar_world) {
    refused({}, failure_code::invalid, "files", "empty");
}

BOOST_FIXTURE_TEST_CASE(without_local_roots_nothing_is_registered, registrar_world) {
    registrar closed(catalog, disk, time, {{"smurf", {}}, {"timestreams", {"/data"}}});
    const auto answer = ask(closed.add({request("a")}));
    BOOST_REQUIRE(!answer.has_value());
    BOOST_TEST((answer.error().code == failure_code::not_permitted));
    BOOST_TEST(holds_text(answer.error().text(), "--local-root"));
    BOOST_TEST(rows() == 0);
    BOOST_TEST(disk.calls.empty());
}

BOOST_FIXTURE_TEST_CASE(names_are_checked, registrar_world) {
    const auto with = [](auto change) {
        auto r = request("b");
        change(r);
        return r;
    };
    using request_t = registration_request;
    const auto invalid = failure_code::invalid;
    second_refused(with([](request_t& r) { r.local_path = "data/b"; }), invalid, "absolute");
    second_refused(with([](request_t& r) { r.local_path = ""; }), invalid, "empty");
    second_refused(with([](request_t& r) { r.local_path += '\0'; }), invalid, "NUL");
    second_refused(with([](request_t& r) { r.local_path += "\xff"; }), invalid, "UTF-8");
    second_refused(with([](request_t& r) { r.remote_path = "/17000/b"; }), invalid, "relative");
    second_refused(with([](request_t& r) { r.remote_path = "17000/../b"; }), invalid, "'..'");
    second_refused(with([](request_t& r) { r.remote_path = "17000/../b"; }), invalid, "component '..'");
    second_refused(with([](request_t& r) { r.remote_path = std::string(256, 'x'); }), invalid, "256 bytes");
    second_refused(with([](request_t& r) { r.remote_path += "\xc0\x80"; }), invalid, "UTF-8");
    second_refused(with([](request_t& r) { r.local_md5sum = "d41d8"; }), invalid, "32 hexadecimal");
    second_refused(with([](request_t& r) { r.archive_name = "hk"; }), invalid, "smurf, timestreams");
    second_refused(with([](request_t& r) { r.archive_name = "\xff"; }), invalid, "UTF-8");
    for (const double t : {-1.0, 1e12, std::nan(""), std::numeric_limits<double>::infinity()})
        second_refused(with([t](request_t& r) { r.timestamp = t; }), invalid, "Unix epoch");
    second_refused(with([](request_t& r) { r.timestamp = -5; }), invalid,
                   "from 0 up to 100000000000, got -5");
    BOOST_TEST(disk.calls.empty());  // and no file is looked at before
}

BOOST_FIXTURE_TEST_CASE(files_lie_below_a_local_root_links_resolved, registrar_world) {
    const auto denied = failure_code::not_permitted;
    disk.write("/etc/passwd", "x");
    second_refused({"/etc/passwd", "17000/p", "smurf", "", {}, true}, denied, "outside the local roots");
    disk.write("/database/a", "x");  // "/data" is no prefix of names
    second_refused({"/database/a", "17000/p", "smurf", "", {}, true}, denied, "outside the local roots");
    disk.links["/data/up/../../etc/passwd"] = "/etc/passwd";
    second_refused({"/data/up/../../etc/passwd", "17000/p", "smurf", "", {}, true}, failure_code::invalid,
                   "'..'");
    // Nobody could tell later that a path from elsewhere was judged.
    disk.write("/home/c", "x");
    disk.links["/home/c"] = "/data/c";
    second_refused({"/home/c", "17000/c", "smurf", "", {}, true}, denied, "outside the local roots");
}

// Whoever may register must not learn by it what lies in directories that are closed to him.
BOOST_FIXTURE_TEST_CASE(what_lies_outside_the_roots_is_answered_as_what_is_not_there, registrar_world) {
    const auto said = [&](const std::string& path) {
        const auto answer = add({{path, "17000/p", "smurf", "", {}, true}});
        BOOST_REQUIRE(!answer.has_value());
        auto text = answer.error().text();
        const auto at = text.find(path);
        BOOST_TEST(at != std::string::npos);
        while (text.find(path) != std::string::npos) text.replace(text.find(path), path.size(), "PATH");
        return std::string(name_of(answer.error().code)) + ": " + text;
    };
    disk.write("/home/there", "x");
    disk.links["/home/there"] = "/data/a";
    BOOST_TEST(said("/etc/passwd") == said("/home/nothing"));
    disk.write("/etc/passwd", "x");
    BOOST_TEST(said("/etc/passwd") == said("/home/nothing"));
    BOOST_TEST(said("/etc/passwd") == said("/home/there"));
    // By a link of somebody who may make one below a root.
    disk.links["/data/link"] = "/etc/passwd";
    disk.links["/data/out"] = "/home/victim";
    BOOST_TEST(said("/data/link") == said("/data/missing"));
    disk.links["/data/out/there"] = "/home/victim/there";
    disk.write("/home/victim/there", "x");
    for (const char* name : {"/data/out/there", "/data/out/missing"})
        refused({{name, "17000/p", "smurf", "", {}, true}}, failure_code::not_found, "files[0]",
                "/data/out is not there, may not be looked at, or is a symbolic link");
}

BOOST_FIXTURE_TEST_CASE(a_local_root_may_be_a_link, registrar_world) {
    disk.links = {{"/data", "/mnt/disk1"}, {"/data/a", "/mnt/disk1/a"}};
    BOOST_TEST(add({request("a")}).has_value());
    disk.write("/mnt/disk1/b", "x");
    BOOST_TEST(add({{"/mnt/disk1/b", "17000/b", "smurf", "", {}, true}}).has_value());
    disk.links["/data/a"] = "/mnt/disk10/a";
    refused({request("a")}, failure_code::not_found, "files[0]", "leads out of the local roots");
}

BOOST_FIXTURE_TEST_CASE(every_file_must_be_there_and_readable, registrar_world) {
    second_refused(request("missing"), failure_code::not_found, "/data/missing");
    disk.write("/data/directory/file", "x");
    second_refused(request("directory"), failure_code::invalid, "it is a directory");
}

BOOST_FIXTURE_TEST_CASE(a_destination_path_has_one_local_file, registrar_world) {
    BOOST_TEST(add({request("b")}).has_value());
    auto claimant = request("a");
    claimant.remote_path = "17000/b";
    claimant.archive_name = "timestreams";  // which has the same destination
    refused({request("a"), claimant}, failure_code::conflict, "files[1]", "another local file");
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_fails_registers_nothing, registrar_world) {
    catalog.fail_next("add", disk_error());
    const auto answer = add({request("a")});
    BOOST_REQUIRE(!answer.has_value());
    BOOST_TEST((answer.error().code == failure_code::catalog));
}

BOOST_AUTO_TEST_SUITE_END()
