// A long link for the benchmarks: a TCP proxy on the loopback interface that delays every byte. Prints the
// port that it listens on and runs until its standard input ends.
//
//     long_link TARGET_PORT ONE_WAY_DELAY_MS [BYTES]
//
// So many bytes of a connection are on their way at most, each way; without that, as many as come.
#include <cstdlib>
#include <iostream>
#include <limits>

#include "tests/support/tcp_proxy.hpp"

int main(int count, char** words) {
    if (count != 3 && count != 4) {
        std::cerr << "usage: long_link TARGET_PORT ONE_WAY_DELAY_MS [BYTES]" << std::endl;
        return 2;
    }
    suprsync::test::tcp_proxy link(static_cast<std::uint16_t>(std::atoi(words[1])));
    link.set_delay(std::chrono::milliseconds(std::atoi(words[2])));
    if (count == 4) link.set_window(static_cast<std::size_t>(std::atoll(words[3])));
    std::cout << link.port() << std::endl;
    std::cin.ignore(std::numeric_limits<std::streamsize>::max(), std::istream::traits_type::eof());
    return 0;
}
