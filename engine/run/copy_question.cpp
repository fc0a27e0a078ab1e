#include "engine/run/copy_question.hpp"

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace suprsync {

namespace {

bool came_from_memory(const stat_answer& answer) {
    return answer.md5 && answer.source != read_source::disk && answer.source != read_source::own_memory;
}

}  // namespace

stat_request ask_for(const std::vector<kept_copy>& copies, check_depth depth, std::optional<double> rate) {
    stat_request request;
    request.md5 = request.from_disk = depth == check_depth::content;
    std::uint64_t largest = 0;
    for (const auto& copy : copies) {
        request.remote_paths.push_back(copy.file.row.remote_path);
        const auto bytes = copy.file.bytes.value_or(bytes_of_unknown);
        if (request.md5) request.bytes += bytes;
        largest = std::max(largest, bytes);
    }
    request.pace = static_cast<std::uint64_t>(pace_within(rate, largest).value_or(0));
    return request;
}

asio::awaitable<result<checked_copies>> judge_answers(catalog& rows, std::vector<kept_copy> copies,
                                                      std::vector<stat_answer> answers, check_depth depth) {
    checked_copies checked;
    std::vector<file_row> bad;
    for (std::size_t i = 0; i < copies.size(); ++i) {
        const auto& answer = answers.at(i);
        if (answer.md5) checked.bytes += answer.size.value_or(0);
        checked.from_memory += came_from_memory(answer) ? 1 : 0;
        const auto& file = copies[i].file;
        const auto finding = judge_copy(file.row, file.bytes, copies[i].day, answer, depth);
        if (is_bad(finding)) bad.push_back(file.row);
        auto reason = describe(finding, file.row, file.bytes, answer);
        checked.copies.push_back({std::move(copies[i]), finding, std::move(reason)});
    }
    if (bad.empty()) co_return checked;
    const auto still = co_await rows.still_to_be_there(std::move(bad));
    if (!still) co_return still.error();
    std::size_t next = 0;
    std::erase_if(checked.copies,
                  [&](const checked_copy& one) { return is_bad(one.finding) && !still->at(next++); });
    co_return checked;
}

}  // namespace suprsync
