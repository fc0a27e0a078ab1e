#include "tests/support/scratch_directory.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace suprsync::test {

scratch_directory::scratch_directory() {
    const bool memory = access("/dev/shm", W_OK | X_OK) == 0;
    std::string name = memory ? "/dev/shm/suprsync-test-XXXXXX" : "/tmp/suprsync-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
    path_ = name;
}

scratch_directory::~scratch_directory() {
    // Processes that a test killed may still write: what is left then is only litter of this run.
    for (int tries = 0; tries < 5; ++tries) {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
        if (!error) return;
    }
}

}  // namespace suprsync::test
