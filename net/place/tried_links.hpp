// What a directory's file system does with links, names and locks, tried with a file that is made there for
// it (net/remote/prepare.sh).
#pragma once

namespace suprsync {

struct tried_links {
    int error = 0;         ///< errno of making the file or its second name; 0: both could be made
    bool counted = false;  ///< it tells at once how many names the file has
    bool ignores_case = false;
    int not_entered = 0;  ///< errno of opening the directory itself; 0: it could be opened
    bool locks_directory = false;
    bool locks_file = false;
};

/// Takes away what was left by whoever ended in the midst of this, at whatever moment. Where others try at
/// the same time again and again, the error is EAGAIN.
tried_links try_links(int directory);

}  // namespace suprsync
