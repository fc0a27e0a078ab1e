// A catalog in which copies are in doubt after a failed sync.
#pragma once

#include <string>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

struct doubtful_database : ready_database {
    void distrust(const std::string& name = archive) { ask(catalog().distrust_copies(name)).value(); }
    unproved_copies next(std::size_t limit = 100, const std::string& name = archive) {
        return ask(catalog().load_unproved(name, 0, limit)).value();
    }
    unproved_copies after(file_id place, std::size_t limit = 100) {
        return ask(catalog().load_unproved(archive, place, limit)).value();
    }
    ids next_ids(std::size_t limit = 100, const std::string& name = archive) {
        ids found;
        for (const auto& file : next(limit, name).files) found.push_back(file.row.id);
        return found;
    }
    void prove(const ids& files, file_id scanned_to, const std::string& name = archive) {
        ask(catalog().record_proved(name, files, scanned_to)).value();
    }
    bool unproved(const std::string& name = archive) { return ask(catalog().memory(name)).value().unproved; }
    ids may_go() {
        ids found;
        for (const auto& item : load_deletable().value()) found.push_back(item.row.id);
        return found;
    }
};

}  // namespace suprsync::test
