// What people do at a catalog: an open_database with rows in their words, and every statement that was
// executed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

inline constexpr const char* md5_a = "0cc175b9c0f1b6a831c399e269772661";

struct people : open_database {
    std::mutex mutex;
    std::vector<std::string> statements;  // as executed since they were last cleared

    people() {
        foreign();
        options.echo = [this](const std::string& sql) {
            const std::lock_guard lock(mutex);
            statements.push_back(sql);
        };
    }
    // It must not outlive what it tells its statements to.
    ~people() { close(); }

    // The rows that are there by now are indexed.
    void open() {
        open_database::open().value();
        prepare();
    }

    template <class T>
    T wait(boost::asio::awaitable<result<T>> operation) {
        return ask(std::move(operation)).value();
    }

    std::int64_t insert(const std::string& remote_path, const std::string& archive_name = "smurf",
                        double timestamp = 1'700'000'000) {
        catalog_row row;
        row.local_path = "/data/" + remote_path;
        row.remote_path = remote_path;
        row.local_md5sum = md5_a;
        row.archive_name = archive_name;
        row.timestamp = timestamp;
        row.deletable = true;
        return foreign().insert(row);
    }
    void set(std::int64_t id, const std::string& what) {
        foreign().execute("UPDATE supersync_v0 SET " + what + " WHERE id = " + std::to_string(id));
    }
    void verify(std::int64_t id) { set(id, "remote_md5sum = local_md5sum, copied = 1"); }

    // Ids of all pages, `limit` a page.
    ids listed(file_query query, std::size_t limit = 100) {
        ids found;
        query.limit = limit;
        while (true) {
            const auto page = wait(catalog().list_files(query));
            BOOST_TEST(page.files.size() <= limit);
            BOOST_TEST((!page.more || page.files.size() == limit));
            for (const auto& file : page.files) found.push_back(file.row.id);
            if (!page.more) return found;
            query.after = found.back();
        }
    }

    file_outcome attempt(std::int64_t id, double next_attempt) {
        file_outcome o;
        o.seen = wait(catalog().find(id))->row;
        o.attempts_lost = 1;
        o.error = "checksums differ";
        o.error_at = 5;
        o.next_attempt = next_attempt;
        return o;
    }
};

inline void same(const ids& found, const ids& expected, const std::string& what) {
    BOOST_TEST_CONTEXT(what) { BOOST_TEST(found == expected, boost::test_tools::per_element()); }
}

}  // namespace suprsync::test
