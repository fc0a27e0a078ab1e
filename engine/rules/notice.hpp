// What somebody is told (spec, Being told): which of it an entry of the configuration wants, and how it is
// written for whoever reads it. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/file.hpp"
#include "engine/model/notify_settings.hpp"

namespace suprsync {

struct notice {
    enum class kind { condition_begins, condition_ends, finalized, digest, summary, test };

    kind what = kind::test;
    epoch_seconds at = 0;
    std::string archive;    ///< empty: of the whole daemon
    std::string condition;  ///< its kind, where it is about one
    std::string subject;    ///< one line for people
    std::string text;       ///< more of it, any number of lines
    /// Further members of its JSON document: each with a name, and its value as JSON.
    std::vector<std::pair<std::string, std::string>> members{};
};

/// "condition_begins", as `on` and the document name it.
std::string name_of(notice::kind what);

/// Who tells it.
struct notice_source {
    std::string host;
    std::string instance_id;
};

/// A condition as it is told.
struct told_condition {
    std::string kind;
    std::string archive;  ///< empty: of the whole daemon
    std::string message;
    epoch_seconds since = 0;
};

notice notice_of(const told_condition& raised, bool begins, epoch_seconds at, const notice_source& from);

/// The day is complete at the destination, and its finalization file is registered.
struct told_finalization {
    std::string archive;
    std::string day;  ///< the timecode's directory: "17000"
    int revision = 1;
    std::int64_t num_files = 0;
    std::string remote_path;  ///< of its file
};
notice notice_of(const told_finalization& day, epoch_seconds at, const notice_source& from);

/// What `suprsync notify --test` sends.
notice test_notice(epoch_seconds at, const notice_source& from);

/// Whether the entry is to be told; summaries and tests always are.
bool wants(const notify_configuration& entry, const notice& what);

struct written_notice {
    std::string content_type;
    std::string text;
};

/// In the entry's form: "json", "text" or "slack".
written_notice written(const notice& what, const std::string& form, const notice_source& from);

}  // namespace suprsync
