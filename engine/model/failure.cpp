#include "engine/model/failure.hpp"

namespace suprsync {

std::string_view name_of(failure_code code) {
    switch (code) {
        case failure_code::invalid:
            return "invalid";
        case failure_code::not_found:
            return "not_found";
        case failure_code::conflict:
            return "conflict";
        case failure_code::not_permitted:
            return "not_permitted";
        case failure_code::io:
            return "io";
        case failure_code::place:
            return "place";
        case failure_code::no_directory:
            return "no_directory";
        case failure_code::changed:
            return "changed";
        case failure_code::locked:
            return "locked";
        case failure_code::catalog:
            return "catalog";
        case failure_code::replaced:
            return "catalog_replaced";
        case failure_code::not_a_catalog:
            return "not_a_catalog";
        case failure_code::missing_program:
            return "missing_program";
        case failure_code::runtime_directory:
            return "runtime_directory";
        case failure_code::connection:
            return "link";
        case failure_code::no_space:
            return "no_space";
        case failure_code::timed_out:
            return "timed_out";
        case failure_code::stalled:
            return "stalled";
        case failure_code::slot_busy:
            return "slot_busy";
        case failure_code::base_missing:
            return "base_missing";
        case failure_code::base_changed:
            return "base_changed";
        case failure_code::staging_unavailable:
            return "staging_unavailable";
        case failure_code::not_ready:
            return "not_ready";
        case failure_code::stopped:
            return "stopped";
        case failure_code::archive_held:
            return "held";
        case failure_code::in_use:
            return "in_use";
    }
    return "unknown";
}

std::string failure::text() const {
    std::string text = "cannot " + operation;
    if (!subject.empty()) text += " " + subject;
    if (!detail.empty()) text += ": " + detail;
    return text;
}

}  // namespace suprsync
