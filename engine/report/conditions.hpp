// Anything that a person should look at (spec, Conditions): each is logged once when it begins and once when
// it ends, counted, and shown in /status while it lasts.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/report/status_snapshot.hpp"

namespace suprsync {

/// Kinds of conditions: what operators match on.
namespace condition_kind {
inline constexpr const char* destination_unreachable = "destination_unreachable";
inline constexpr const char* destination_full = "destination_full";
inline constexpr const char* base_directory = "base_directory";
inline constexpr const char* staging_unavailable = "staging_unavailable";
inline constexpr const char* directory_unusable = "directory_unusable";
inline constexpr const char* missing_program = "missing_program";
inline constexpr const char* runtime_directory = "runtime_directory";
inline constexpr const char* slot_busy = "slot_busy";
inline constexpr const char* files_failed = "files_failed";
inline constexpr const char* copies_lost = "copies_lost";
inline constexpr const char* day_removed = "day_removed";
inline constexpr const char* content_replaced = "content_replaced";
inline constexpr const char* copies_unproved = "copies_unproved";
inline constexpr const char* not_a_copy = "not_a_copy";
inline constexpr const char* read_from_memory = "read_from_memory";
inline constexpr const char* finalization_blocked = "finalization_blocked";
inline constexpr const char* finalization_failed = "finalization_failed";
inline constexpr const char* source_unavailable = "source_unavailable";
inline constexpr const char* deletion_failed = "deletion_failed";
inline constexpr const char* back_dated = "back_dated_registration";
inline constexpr const char* undated_files = "undated_files";
inline constexpr const char* unserved = "unserved_registrations";
inline constexpr const char* clock_untrusted = "clock_untrusted";
inline constexpr const char* clock_difference = "clock_difference";
inline constexpr const char* database_locked = "database_locked";
inline constexpr const char* catalog_error = "catalog_error";
inline constexpr const char* catalog_replaced = "catalog_replaced";
inline constexpr const char* preparing = "catalog_preparing";
inline constexpr const char* paused = "paused";
inline constexpr const char* ocs_stopped = "ocs_stopped";
inline constexpr const char* ocs_hub_unreachable = "ocs_hub_unreachable";
inline constexpr const char* ocs_not_registered = "ocs_not_registered";
inline constexpr const char* disk_nearly_full = "disk_nearly_full";
inline constexpr const char* port_busy = "http_port_busy";
inline constexpr const char* configuration_not_reloaded = "configuration_not_reloaded";
inline constexpr const char* notification_failed = "notification_failed";
}  // namespace condition_kind

/// Belongs to the loop thread.
class condition_board {
  public:
    explicit condition_board(std::function<epoch_seconds()> now);

    /// Told when a condition begins and when it is over, not in between.
    std::function<void(const condition& raised, bool begins)> on_change;

    /// The cause is met (again): begins the condition, or counts it and updates its message.
    void raise(const std::string& kind, const std::string& archive, const std::string& message);

    /// Says it in other words, where it holds: neither begins nor counts.
    void reword(const std::string& kind, const std::string& archive, const std::string& message) {
        if (const auto place = raised_.find({kind, archive}); place != raised_.end())
            place->second.message = message;
    }

    /// The cause is gone, or never was there.
    void clear(const std::string& kind, const std::string& archive) {
        if (const auto place = raised_.find({kind, archive}); place != raised_.end()) end(place);
    }

    /// The archive is not served any more: all of its conditions end.
    void clear_archive(const std::string& archive);

    bool is_raised(const std::string& kind, const std::string& archive) const;
    std::vector<condition> list() const;

  private:
    using conditions = std::map<std::pair<std::string, std::string>, condition>;  // by kind and archive
    void end(conditions::iterator place);

    std::function<epoch_seconds()> now_;
    conditions raised_;
};

}  // namespace suprsync
