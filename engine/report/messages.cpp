#include "engine/report/messages.hpp"

namespace suprsync {

namespace {

constexpr const log_message* all_messages[] = {
    &messages::file_not_copied,
    &messages::more_not_copied,
    &messages::file_not_deleted,
    &messages::content_replaced,
    &messages::copied_by_rsync,
    &messages::leftovers_not_removed,
    &messages::base_is_neighbour,
    &messages::pause_not_recorded,
    &messages::batch_not_recorded,
    &messages::sync_failed,
    &messages::finalization_not_discarded,
    &messages::end_not_recorded,
    &messages::catalog_is_locked,
    &messages::guardian_ended,
    &messages::option_without_effect,
    &messages::nothing_to_reload,
    &messages::reload_not_heard,
    &messages::http_is_open,
    &messages::http_ended,
    &messages::no_socket,
    &messages::address_is_lost,
    &messages::notice_given_up,
    &messages::notices_left,
    &messages::watchdog_starves,
    &messages::not_started,
    &messages::ended_by_a_bug,
};

}  // namespace

std::span<const log_message* const> message_catalogue() { return all_messages; }

}  // namespace suprsync
