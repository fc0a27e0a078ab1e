#include "net/remote/destination_state.hpp"

#include "engine/model/text.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/mount_record.hpp"
#include "net/remote/shell_text.hpp"

namespace suprsync {

namespace {

constexpr epoch_seconds last_second = 253402300799;  // of the year 9999

constexpr const char* using_it = "use the base directory";

failure_code code_of(std::string_view reason) {
    if (says_no_space(reason)) return failure_code::no_space;
    return reason.find("Permission denied") != std::string_view::npos ||
                   reason.find("Operation not permitted") != std::string_view::npos ||
                   reason.find("Read-only") != std::string_view::npos
               ? failure_code::not_permitted
               : failure_code::io;
}

}  // namespace

failure base_is_missing(const std::string& base) {
    return {failure_code::base_missing, using_it, base,
            "it does not exist there: is its disk mounted? Make it by hand if it is meant to be new"};
}

failure base_is_another(const std::string& base) {
    return {
        failure_code::base_changed, using_it, base,
        "it is another directory than the one recorded (file system id or inode differ): is its disk mounted?"};
}

failure base_cannot_be_used(const std::string& base, std::string why) {
    const auto code = code_of(why);
    if (why.empty()) why = "it cannot be used, and nothing there says why";
    return {code, using_it, base, std::move(why)};
}

failure base_not_writable(const std::string& base) {
    return {failure_code::not_permitted, using_it, base, "the account there may not write in it"};
}

std::string refused_staging(std::string_view why) {
    return std::string(why) +
           ": set remote_staging_dir to a directory on the base directory's file system and outside of it";
}

std::string destination_state::settings() const {
    return assignment("base", base) + assignment("identity", identity) +
           assignment("in", staging.empty() ? "" : in()) + assignment("lock_style", lock_style) +
           assignment("kept", kept()) + assignment("remote_links", follow_links ? "follow" : "refuse") +
           assignment("directory_mask", modes.mask) + assignment("directory_special", modes.special);
}

result<prepare_answer> read_prepare(std::string_view output, const std::string& base) {
    prepare_answer answer;
    auto& facts = answer.facts;
    const auto garbled = [&] {
        return failure{failure_code::io, using_it, base,
                       "the account there did not answer as expected: does its login shell print something?"};
    };
    if (!take_greeting(output)) return garbled();
    while (const auto record = next_keyed_record(output)) {
        auto value = record->value;
        switch (record->key) {
            case 'N':
                return base_is_missing(base);
            case 'E':
                return base_cannot_be_used(base, std::string(value));
            case 'W':
                return base_not_writable(base);
            case 'X':
                return base_is_another(base);
            case 'B':
                facts.base = value;
                break;
            case 'I':
                facts.identity = read_identity(value);
                break;
            case 'T':
                facts.clock = read_number<epoch_seconds>(value, 0, last_second);
                break;
            case 'd':
                facts.device = read_number<std::uint64_t>(value).value_or(0);
                break;
            case 'k':
                facts.boot = value;
                break;
            case 'M':
                facts.place = read_place(value, facts.boot, facts.base);
                break;
            case 'C':
                facts.base_created = true;
                break;
            case 'S':
                facts.staging = value;
                break;
            case 'R':
                facts.staging_refused = refused_staging(value);
                break;
            case 'L':
                answer.lock_style = value;
                break;
            case 'H':
                if (const auto slot = read_number<int>(value)) facts.locked_slots.push_back(*slot);
                break;
            case 'G':
                answer.inherit_group = true;
                break;
            case 'c':
                answer.ignores_case = true;
                break;
            case 'F': {
                const auto slot = take_field<int>(value);
                const auto size = take_field<std::uint64_t>(value);
                if (slot && size) facts.staged.push_back({*slot, std::string(value), *size});
                break;
            }
            default:
                break;
        }
    }
    if (facts.base.empty() || facts.identity.file_system.empty() ||
        (facts.staging.empty() && facts.staging_refused.empty()))
        return garbled();
    return answer;
}

}  // namespace suprsync
