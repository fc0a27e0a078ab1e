// What lies at a site's destination, and whether it may.
#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

std::vector<std::string> site::staged_files() const {
    std::vector<std::string> staged;
    std::error_code error;
    for (auto place = fs::recursive_directory_iterator(destination, error);
         !error && place != fs::recursive_directory_iterator(); place.increment(error)) {
        if (place->path() == base) {
            place.disable_recursion_pending();
            continue;
        }
        const auto name = place->path().lexically_relative(destination).string();
        static const std::regex in_a_slot(R"(.*/in/([0-9]+|\.parts/[0-9]+/data)/.*)");
        if (place->is_directory(error) || !std::regex_match(name, in_a_slot)) continue;
        staged.push_back(name);
    }
    return staged;
}

void site::check_clean(const destination_watcher::sightings& seen,
                       const std::map<std::string, std::set<std::string>>& also) {
    std::map<std::string, std::set<std::string>> allowed = also;
    for (const auto& row : catalog().rows()) allowed[row.remote_path].insert(row.local_md5sum);
    std::set<std::string> ways;
    for (const auto& [path, contents] : allowed)
        for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
            ways.insert(path.substr(0, slash));
    for (const auto& [path, contents] : seen.files) {
        const auto expected = allowed.find(path);
        if (expected == allowed.end()) {
            BOOST_ERROR("a name that nobody registered was seen at the destination: " + path);
            continue;
        }
        for (const auto& md5 : contents)
            BOOST_CHECK_MESSAGE(expected->second.contains(md5),
                                "incomplete or foreign content was seen at the destination: " << path);
    }
    for (const auto& directory : seen.directories)
        BOOST_CHECK_MESSAGE(ways.contains(directory),
                            "a directory that leads to no file was seen at the destination: " << directory);
    for (const auto& other : seen.others) BOOST_ERROR("neither file nor directory: " + other);
}

void site::check_delivered() {
    std::map<std::string, std::string> expected;
    for (const auto& row : catalog().rows())
        if (row.verified() && !row.ignore.value_or(false)) expected[row.remote_path] = row.local_md5sum;
    const auto found = files_below(base);
    for (const auto& [path, md5] : expected)
        BOOST_CHECK_MESSAGE(found.contains(path) && found.at(path) == md5,
                            "verified, but not so at the destination: " << path);
    for (const auto& [path, md5] : found)
        BOOST_CHECK_MESSAGE(expected.contains(path), "at the destination, but not verified: " << path);
}

}  // namespace suprsync::test
