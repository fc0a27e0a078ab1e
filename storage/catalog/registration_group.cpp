#include "storage/catalog/registration_group.hpp"

#include <utility>

#include "storage/catalog/registration.hpp"

namespace suprsync {

namespace {

// More of them wait for the next transaction: the write lock is held for milliseconds.
constexpr std::size_t most_in_a_group = 200;

}  // namespace

std::shared_ptr<registration_group::waiting> registration_group::enter(registration file) {
    auto one = std::make_shared<waiting>();
    one->file = std::move(file);
    const std::lock_guard lock(mutex_);
    waiting_.push_back(one);
    return one;
}

std::vector<std::shared_ptr<registration_group::waiting>> registration_group::take() {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<waiting>> taken;
    std::size_t seen = 0;
    while (seen < waiting_.size() && taken.size() < most_in_a_group)
        if (auto one = waiting_[seen++].lock()) taken.push_back(std::move(one));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(seen));
    return taken;
}

void registration_group::give_back(std::vector<std::shared_ptr<waiting>> taken) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.begin(), taken.begin(), taken.end());
}

result<std::vector<added_file>> registration_group::settle(sqlite_connection& connection, waiting& one) {
    while (!one.answer && !one.alone) {
        auto taken = take();
        if (taken.empty()) break;
        std::vector<registration> files;
        for (const auto& w : taken) files.push_back(w->file);
        try {
            auto answers = add_each(connection, files);
            for (std::size_t i = 0; i < taken.size(); ++i) {
                if (answers[i])
                    taken[i]->answer = std::vector<added_file>{std::move(*answers[i])};
                else
                    taken[i]->answer = answers[i].error();
            }
        } catch (const SQLite::Exception& e) {
            if (means_locked(e)) {
                give_back(std::move(taken));
                throw;
            }
            // Whatever it was, each is to answer for itself.
            for (const auto& w : taken) w->alone = true;
        }
    }
    if (!one.answer) one.answer = add_files(connection, {one.file});
    return std::move(*one.answer);
}

}  // namespace suprsync
