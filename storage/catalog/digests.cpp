// What is remembered of digests: records of those who are told, under names of their own.
#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/side_tables.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

std::string digest_key(const std::string& name) { return "digest " + name; }

}  // namespace

asio::awaitable<result<std::string>> sqlite_catalog::last_digest(std::string name) {
    return read(
        [name = std::move(name)](const snapshot& at) { return meta(at.connection, digest_key(name)); });
}

asio::awaitable<result<void>> sqlite_catalog::record_digest(std::string name, std::string record) {
    return run([name = std::move(name), record = std::move(record)](sqlite_connection& connection,
                                                                    impl&) -> result<void> {
        write_transaction transaction(connection);
        set_meta(connection, digest_key(name), record);
        transaction.commit();
        return {};
    });
}

}  // namespace suprsync
