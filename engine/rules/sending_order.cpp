#include "engine/rules/sending_order.hpp"

#include <algorithm>
#include <numeric>

namespace suprsync {

namespace {

// As f_name_cmp() of rsync's flist.c, of protocol 29 and newer: a directory's name ends with its slash.
bool is_sent_before(std::string_view a, std::string_view b) {
    while (true) {
        const auto end_a = a.find('/'), end_b = b.find('/');
        const bool deeper_a = end_a != std::string_view::npos, deeper_b = end_b != std::string_view::npos;
        if (deeper_a != deeper_b) return deeper_b;
        if (!deeper_a) return a < b;
        const auto directory_a = a.substr(0, end_a + 1), directory_b = b.substr(0, end_b + 1);
        if (directory_a != directory_b) return directory_a < directory_b;
        a.remove_prefix(end_a + 1);
        b.remove_prefix(end_b + 1);
    }
}

}  // namespace

std::vector<std::size_t> sending_order(const std::vector<std::string_view>& remote_paths) {
    std::vector<std::size_t> order(remote_paths.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return is_sent_before(remote_paths[a], remote_paths[b]); });
    return order;
}

}  // namespace suprsync
