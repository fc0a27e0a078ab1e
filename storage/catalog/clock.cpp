// What this machine's clock was set to when it was last believed: one record of the whole catalog.
#include <fmt/format.h>

#include <cmath>

#include "engine/model/text.hpp"
#include "engine/rules/clock_trust.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/side_tables.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr const char* key = "clock";
constexpr std::string_view by_a_person = "accepted";

std::optional<trusted_clock> read_clock(std::string_view record) {
    trusted_clock clock;
    const auto space = record.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    clock.boot = record.substr(0, space);
    record.remove_prefix(space + 1);
    const auto set_to = take_field<epoch_seconds>(record);
    if (!set_to || !std::isfinite(*set_to)) return std::nullopt;
    clock.set_to = *set_to;
    clock.accepted = record == by_a_person;
    return clock;
}

}  // namespace

asio::awaitable<result<std::optional<trusted_clock>>> sqlite_catalog::last_trusted_clock() {
    return read([](const snapshot& at) { return read_clock(meta(at.connection, key)); });
}

asio::awaitable<result<trusted_clock>> sqlite_catalog::trust_clock(trusted_clock clock) {
    return run([clock = std::move(clock)](sqlite_connection& connection, impl&) -> result<trusted_clock> {
        write_transaction transaction(connection);
        const auto before = read_clock(meta(connection, key));
        if (before && before->accepted && !clock.accepted && before->boot == clock.boot &&
            std::abs(before->set_to - clock.set_to) <= clock_tolerance)
            return *before;
        set_meta(
            connection, key,
            fmt::format("{} {:.3f} {}", clock.boot, clock.set_to, clock.accepted ? by_a_person : "seen"));
        transaction.commit();
        return clock;
    });
}

}  // namespace suprsync
