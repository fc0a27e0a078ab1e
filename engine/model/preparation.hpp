// How far the first index of a catalog is that other programs have filled.
#pragma once

#include <cstdint>

namespace suprsync {

struct preparation {
    bool done = false;
    std::int64_t rows_done = 0;
    std::int64_t rows_total = 0;
};

}  // namespace suprsync
