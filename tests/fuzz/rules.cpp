// Registration rules: what is accepted as a path, and who may write a destination path, over catalogs that
// the input makes up.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <filesystem>

#include "engine/rules/claims.hpp"
#include "engine/rules/registration_rules.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace suprsync::fuzz {

namespace {

bool has_plain_components(const std::string& path) {
    return ("/" + path + "/").find("/./") == std::string::npos && path.find("//") == std::string::npos;
}

void judge_remote_path(const std::string& path) {
    const auto plain = plain_remote_path(path);
    must(plain_remote_path(plain) == plain, "a plain remote path is plain");
    must(has_plain_components(plain), "a plain remote path has no empty and no '.' components");
    const auto fine = check_remote_path(path);
    must(fine.has_value() == check_remote_path(plain).has_value(),
         "however a remote path is spelled, it is accepted or refused");
    if (!fine)
        return must(fine.error().code == failure_code::invalid && !fine.error().detail.empty(),
                    "a refused remote path is told why");
    must(!plain.empty() && plain.front() != '/' && plain.size() <= longest_remote_path,
         "an accepted remote path is relative and not too long");
    const std::filesystem::path components(plain);
    std::filesystem::path together;
    for (const auto& component : components) {
        must(component != ".." && component.native().size() <= longest_component,
             "no component of an accepted remote path leads up or is too long");
        together /= component;
    }
    must(together.native() == plain && components.lexically_normal() == components,
         "an accepted remote path is what the standard library takes it for");
    if (is_finalization_path(plain))
        must(timecode_of(plain).has_value(), "finalization files have a timecode");
    if (const auto subdir = subdir_of(plain))
        must(plain.starts_with(std::string(first_component(plain)) + "/" + *subdir + "/"),
             "a subdirectory is the second component");
}

void judge_local_path(const std::string& path, const std::string& root) {
    const auto plain = plain_local_path(path);
    must(plain_local_path(plain) == plain, "a plain local path is plain");
    const auto fine = check_local_path(path);
    must(fine.has_value() == check_local_path(plain).has_value(),
         "however a local path is spelled, it is accepted or refused");
    must(spelled_below_any(path, {root}) == spelled_below_any(plain, {plain_local_path(root)}),
         "however paths are spelled, they lie below each other or do not");
    if (spelled_below_any(path, {root}))
        must(spelled_below_any(path + "/x", {root}), "what is below a path is below what that is below");
    if (!fine) return;
    must(plain.front() == '/' && (plain + "/").find("/../") == std::string::npos,
         "an accepted local path is absolute and does not lead up");
    must(lies_below_any(plain, {plain}) && spelled_below_any(path + "/x", {path}) &&
             lies_below_any(plain, {"/"}),
         "a path lies below itself and the root");
}

void judge_texts(FuzzedDataProvider& input) {
    registration file;
    file.archive_name = input.ConsumeRandomLengthString(20);
    file.local_md5sum = input.ConsumeRandomLengthString(40);
    file.timestamp = input.ConsumeFloatingPoint<double>();
    file.local_path = input.ConsumeRandomLengthString(200);
    const auto root = input.ConsumeRandomLengthString(20);
    file.remote_path = input.ConsumeRemainingBytesAsString();
    judge_remote_path(file.remote_path);
    judge_local_path(file.local_path, root);
    if (!check_registration(file)) return;
    must(check_remote_path(file.remote_path) && check_local_path(file.local_path) &&
             (file.local_md5sum.empty() || is_md5(file.local_md5sum)) && file.timestamp >= 0 &&
             file.timestamp < 1e11 && is_utf8(file.local_path) && is_utf8(file.remote_path) &&
             is_utf8(file.archive_name),
         "an accepted registration is right in each of its parts");
}

constexpr const char* the_path = "17000/smurf/a.g3";

template <std::size_t count>
std::string any_of(FuzzedDataProvider& input, const char* const (&texts)[count]) {
    return input.PickValueInArray(texts);
}

std::string any_sum(FuzzedDataProvider& input) {
    return any_of(input, {"", "0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"});
}

file_row any_row(FuzzedDataProvider& input, file_id id) {
    file_row row;
    row.id = id;
    row.local_path = any_of(input, {"/data/a", "/data/b", "/data/c"});
    row.archive_name = any_of(input, {"smurf", "timestreams"});
    row.local_md5sum = any_sum(input);
    row.remote_path = the_path;
    if (input.ConsumeBool()) row.remote_md5sum = any_sum(input);
    if (row.remote_md5sum) row.copied = 1;
    if (input.ConsumeIntegralInRange(0, 7) == 0) row.removed = input.ConsumeIntegralInRange(0, 1);
    row.failed_copy_attempts = input.ConsumeIntegralInRange(0, 6);
    row.ignore = input.ConsumeIntegralInRange(0, 3) == 0;
    return row;
}

std::vector<claimant> claimants_of(const std::vector<file_row>& rows) {
    std::vector<claimant> claimants;
    for (const auto& row : rows) claimants.push_back(claimant_of(row));
    return claimants;
}

// Of all rows that are not ignored, exactly one may be copied, whatever the order in which they are read.
void judge_owners(const std::vector<file_row>& rows, std::minstd_rand& random) {
    const auto claimants = claimants_of(rows);
    auto in_other_order = claimants;
    std::ranges::shuffle(in_other_order, random);
    int owners = 0;
    bool any = false;
    for (const auto& row : rows) {
        const auto judged = judge_claim(row, claimants);
        const auto again = judge_claim(row, in_other_order);
        must(judged.decision == again.decision && judged.reason == again.reason &&
                 judged.supersedes_md5 == again.supersedes_md5,
             "a claim does not depend on the order of rows");
        const bool owns = judged.decision == claim::verdict::owns;
        must(owns == judged.reason.empty(), "whoever does not own a path is told why");
        must(judged.decision != claim::verdict::superseded || is_superseded(row, claimants),
             "a superseded row has a successor");
        must(!may_be_published(row, row, claimants) || (owns && !row.ignore && !row.removed),
             "what may be published owns its path");
        any = any || !row.ignore;
        if (owns && !row.ignore) ++owners;
    }
    must(owners == (any ? 1 : 0), "one of the rows of a path owns it");
}

void settle(std::vector<file_row>& rows, const registration& file, std::minstd_rand& random) {
    auto claimants = claimants_of(rows);
    auto judged = judge_registration(file, claimants);
    std::ranges::shuffle(claimants, random);
    auto again = judge_registration(file, claimants);
    std::ranges::sort(judged.supersedes);
    std::ranges::sort(again.supersedes);
    must(judged.decision == again.decision && judged.identical == again.identical &&
             judged.supersedes == again.supersedes && judged.reason == again.reason,
         "a registration is judged without regard to the order of rows");
    using verdict = registration_claim::verdict;
    must((judged.decision == verdict::conflict) == !judged.reason.empty(), "a conflict is told why");
    must(judged.decision == verdict::fresh || judged.supersedes.empty(), "what makes no row ignores none");
    if (judged.decision == verdict::existed) {
        const auto known = std::ranges::find(rows, judged.identical, &file_row::id);
        must(known != rows.end() && !known->ignore && known->local_path == file.local_path &&
                 known->archive_name == file.archive_name && !claimant_of(*known).verified,
             "the registration that exists is of the same file, and unsettled");
        return;
    }
    if (judged.decision == verdict::conflict) return;
    for (auto& row : rows) {
        if (!std::ranges::binary_search(judged.supersedes, row.id)) continue;
        must(!row.ignore && row.local_path == file.local_path && !claimant_of(row).verified,
             "only older versions that are not delivered are ignored");
        row.ignore = true;
    }
    file_row made;
    made.id = rows.empty() ? 1 : rows.back().id + 1;
    made.local_path = file.local_path;
    made.archive_name = file.archive_name;
    made.remote_path = file.remote_path;
    made.local_md5sum = file.local_md5sum;
    rows.push_back(made);
    claimants = claimants_of(rows);
    must(judge_claim(made, claimants).decision == claim::verdict::owns,
         "a registration that is accepted owns its path");
    const auto second = judge_registration(file, claimants);
    must(second.decision == verdict::existed && second.identical == made.id,
         "the same registration again is the one that is there");
}

void judge_rows(FuzzedDataProvider& input) {
    std::minstd_rand random(input.ConsumeIntegral<std::uint32_t>());
    std::vector<file_row> rows;
    file_id id = 0;
    for (auto left = input.ConsumeIntegralInRange(0, 6); left > 0; --left)
        rows.push_back(any_row(input, id += input.ConsumeIntegralInRange(1, 3)));
    judge_owners(rows, random);
    for (int left = 4; left > 0 && input.remaining_bytes() > 0; --left) {
        const auto row = any_row(input, 0);
        settle(rows, {row.local_path, row.remote_path, row.archive_name, row.local_md5sum}, random);
    }
    judge_owners(rows, random);
}

}  // namespace

}  // namespace suprsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider input(data, size);
    if (input.ConsumeBool())
        suprsync::fuzz::judge_rows(input);
    else
        suprsync::fuzz::judge_texts(input);
    return 0;
}
