// An archive with its worker, for the tests of the worker.
#pragma once

#include "engine/run/archive_worker.hpp"
#include "tests/engine/run/archive_world.hpp"

namespace suprsync::test {

struct worker_world : archive_world {
    explicit worker_world(archive_configuration config = smurf_configuration())
        : archive_world(std::move(config)), worker(archive) {}
    ~worker_world() { end(); }

    archive_worker worker;

    void begin() { start(worker.run()); }
    /// Of transfers, the files of each.
    std::vector<std::size_t> batch_sizes() const {
        std::vector<std::size_t> sizes;
        for (const auto& r : there.stage_requests) sizes.push_back(r.items.size());
        return sizes;
    }
    /// Seconds until the destination is tried again; 0 where it is not down.
    double retry_in() const { return archive.connection.retry_at().value_or(time.now()) - time.now(); }
};

/// One file a batch: as many batches as files.
inline archive_configuration one_by_one() {
    auto c = smurf_configuration();
    c.files_per_batch = 1;
    return c;
}

}  // namespace suprsync::test
