// The options of `suprsync run`, as they are told: to the library that reads them, to people, and to shells.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <string>
#include <vector>

namespace suprsync {

/// All of them, those of other programs that are skipped included.
boost::program_options::options_description every_option();

struct described_option {
    std::string group;  ///< "the daemon"
    std::string name;   ///< without dashes
    std::string value;  ///< what is to be given; empty: a flag
    std::string text;   ///< what it does, with its default
};
/// Our own, in the order in which people read them.
std::vector<described_option> described_options();

/// The same, a line or more each.
std::string options_help();

}  // namespace suprsync
