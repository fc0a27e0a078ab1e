// The configuration keys as command line options: their description and help for Boost.Program_options, and
// what was given as values with their origin.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>
#include <string>
#include <vector>

#include "engine/config/configuration_layers.hpp"
#include "engine/config/ocs_site.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// All options, with their help. Values are texts: what they must be is known to the table.
boost::program_options::options_description described_options();

/// Options that belong to others (OCS, earlier versions of the agent), taken and left alone.
boost::program_options::options_description foreign_descriptions();

/// What of the table was given on the command line. Failure: an option stands where a value belongs.
result<given_values> values_given(const boost::program_options::variables_map& given);

/// The arguments of an OCS entry as an archive; options of the whole daemon go to `of_daemon`, where every
/// entry must say the same. What is skipped is added to `notices`.
result<given_archive> values_of_instance(const ocs_instance& instance, given_values& of_daemon,
                                         std::vector<std::string>& notices);

}  // namespace suprsync
