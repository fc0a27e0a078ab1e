// People at a catalog: a real database, another program's connection to it, and every statement that was
// executed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/loop/run_to_end.hpp"
#include "storage/catalog/sqlite_catalog.hpp"
#include "tests/support/foreign_writer.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

inline constexpr const char* md5_a = "0cc175b9c0f1b6a831c399e269772661";

struct people {
    scratch_directory place;
    boost::asio::io_context loop;
    std::mutex mutex;
    std::vector<std::string> statements;  // as executed since they were last cleared
    std::unique_ptr<foreign_writer> others;
    std::unique_ptr<sqlite_catalog> catalog;

    people() {
        others = std::make_unique<foreign_writer>(place / "catalog.db");
        others->create_tables();
    }

    // The rows that are there by now are indexed.
    void open() {
        catalog_options options;
        options.path = place / "catalog.db";
        options.echo = [this](const std::string& sql) {
            const std::lock_guard lock(mutex);
            statements.push_back(sql);
        };
        catalog = open_catalog(loop.get_executor(), options).value();
        while (!wait(catalog->prepare_step()).done) continue;
    }

    template <class T>
    T wait(boost::asio::awaitable<result<T>> operation) {
        return ask(std::move(operation)).value();
    }

    template <class T>
    result<T> ask(boost::asio::awaitable<result<T>> operation) {
        return run_to_end(loop, std::move(operation));
    }

    std::int64_t insert(const std::string& remote_path, const std::string& archive = "smurf",
                        double timestamp = 1'700'000'000) {
        catalog_row row;
        row.local_path = "/data/" + remote_path;
        row.remote_path = remote_path;
        row.local_md5sum = md5_a;
        row.archive_name = archive;
        row.timestamp = timestamp;
        return others->insert(row);
    }
    void set(std::int64_t id, const std::string& what) {
        others->execute("UPDATE supersync_v0 SET " + what + " WHERE id = " + std::to_string(id));
    }
    void verify(std::int64_t id) { set(id, "remote_md5sum = local_md5sum, copied = 1"); }

    // Ids of all pages, `limit` a page.
    std::vector<std::int64_t> ids(file_query query, std::size_t limit = 100) {
        std::vector<std::int64_t> found;
        query.limit = limit;
        while (true) {
            const auto page = wait(catalog->list_files(query));
            BOOST_TEST(page.files.size() <= limit);
            BOOST_TEST((!page.more || page.files.size() == limit));
            for (const auto& file : page.files) found.push_back(file.row.id);
            if (!page.more) return found;
            query.after = found.back();
        }
    }

    file_outcome attempt(std::int64_t id, double next_attempt) {
        file_outcome o;
        o.seen = wait(catalog->find(id))->row;
        o.attempts_lost = 1;
        o.error = "checksums differ";
        o.error_at = 5;
        o.next_attempt = next_attempt;
        return o;
    }
};

using ids_of = std::vector<std::int64_t>;

inline void same(const ids_of& found, const ids_of& expected, const std::string& what) {
    BOOST_TEST_CONTEXT(what) { BOOST_TEST(found == expected, boost::test_tools::per_element()); }
}

}  // namespace suprsync::test
