// A site whose files are verified and not deleted yet: deletion begins with the next start.
#pragma once

#include <string>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

struct verified_site : site {
    void verify() {
        start();
        await_all_verified();
        stop();
    }
    void begin_deletion() {
        options["--delete-local-after"] = "0";
        start();
    }
    void await_removed(std::int64_t id) {
        wait_until("row " + std::to_string(id) + " is deleted",
                   [&] { return catalog().row(id).removed.has_value(); });
    }
    // A file that nothing happened to has been looked at and deleted: so have the others been looked at.
    void await_witness() { await_removed(witness); }

    std::string today(const std::string& name) const {
        return std::to_string(timecode_now()) + "/hk/" + name;
    }
    std::int64_t add(const std::string& name, const std::string& content) {
        return add_file(name, today(name), content);
    }

    std::int64_t witness = add("witness", "nothing happens to this one");
};

}  // namespace suprsync::test
