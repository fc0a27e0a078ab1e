// Configuration and site files: whatever is written there is taken or refused with a reason, and what is
// taken can be shown as a file that says the same.
#include <sys/mman.h>
#include <unistd.h>

#include <set>

#include "engine/config/configuration_difference.hpp"
#include "engine/config/configuration_file.hpp"
#include "engine/config/configuration_keys.hpp"
#include "engine/config/effective_configuration.hpp"
#include "engine/config/ocs_site.hpp"
#include "engine/config/source_file.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace suprsync::fuzz {

namespace {

/// A file in memory, which is read by its name.
class memory_file {
  public:
    const std::string& write(std::string_view text) {
        must(::ftruncate(descriptor_, 0) == 0 &&
                 ::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
             "a file in memory can be written");
        return path_;
    }

  private:
    int descriptor_ = ::memfd_create("fuzz", MFD_CLOEXEC);
    std::string path_ = "/proc/self/fd/" + std::to_string(descriptor_);
};

memory_file& the_file() {
    static memory_file file;
    return file;
}

// Of a failure that people read.
void judge_failure(const failure& why, const std::string& file) {
    must(why.code == failure_code::invalid, "a file is read, or what is wrong in it is told");
    must(why.subject.starts_with(file) && !why.detail.empty(),
         "a mistake is told with its place and what it is");
}

std::optional<assembled_configuration> read_configuration(std::string_view text) {
    const auto& file = the_file().write(text);
    configuration_layers layers;
    if (const auto read = read_configuration_file(file, layers); !read) {
        judge_failure(read.error(), file);
        must(layers.archives.empty() && layers.of_file.empty(),
             "of a file that cannot be read nothing is taken");
        return std::nullopt;
    }
    for (const auto& mistake : layers.mistakes) judge_failure(mistake, file);
    auto assembled = assemble(layers);
    if (!assembled) {
        judge_failure(assembled.error(), file);
        return std::nullopt;
    }
    must(layers.mistakes.empty(), "a file with a mistake is refused");
    return std::move(*assembled);
}

void judge_configuration(std::string_view text) {
    const auto taken = read_configuration(text);
    if (!taken) return;
    const auto& configuration = taken->configuration;
    must(find_faults(configuration).empty(), "what is taken has no faults");
    must(!configuration.archives.empty() && configuration.archives.size() == taken->archive_origins.size(),
         "there is an archive, and each has its origins");
    must(compare(configuration, take_over(configuration, configuration)).none(),
         "to take over what runs changes nothing");
    const auto shown = show_effective(*taken);
    if (shown.find(secret_shown) != std::string::npos) return;  // not what was read
    const auto again = read_configuration(shown);
    if (!again) std::fputs(shown.c_str(), stderr);
    must(again.has_value(), "what is shown is a configuration file");
    const auto changes = compare(configuration, again->configuration);
    for (const auto& line : changes.lines()) std::fprintf(stderr, "%s\n", line.c_str());
    must(changes.none(), "what is shown says the same as what was read");
}

void judge_site(std::string_view text) {
    const auto& file = the_file().write(text);
    const ocs_site_request request{file, "srv20", std::nullopt};
    const auto site = read_ocs_site(request);
    for (const auto& mistake : site.mistakes) judge_failure(mistake, file);
    if (!site.mistakes.empty()) return;
    must(!site.instances.empty(), "a site that is taken has an agent");
    std::set<std::string> ids;
    for (const auto& instance : site.instances) {
        must(ids.insert(instance.instance_id).second, "each agent has an id of its own");
        must(instance.place.starts_with(file), "it is known where an agent stands");
        for (const auto& argument : instance.arguments)
            must(argument.place.starts_with(file), "it is known where an argument stands");
        const auto alone = read_ocs_site({file, "srv20", instance.instance_id});
        must(alone.mistakes.empty() && alone.instances.size() == 1 &&
                 alone.instances.front().instance_id == instance.instance_id &&
                 alone.instances.front().arguments.size() == instance.arguments.size(),
             "each agent can be asked for by its id");
    }
}

void judge_token(std::string_view text) {
    const auto token = read_token(the_file().write(text));
    if (!token)
        return must(token.error().code == failure_code::invalid, "a file holds a token, or is refused");
    must(!token->empty() && text.find(*token) != std::string_view::npos, "a token stands in its file");
    for (const char c : *token) must(c > ' ' && c < '\x7f', "a token is visible ASCII");
}

}  // namespace

}  // namespace suprsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // What an include names is no part of the input.
    if (text.find("include") != std::string_view::npos) return -1;
    if (text.find("hosts") != std::string_view::npos)
        suprsync::fuzz::judge_site(text);
    else
        suprsync::fuzz::judge_configuration(text);
    if (size < 64) suprsync::fuzz::judge_token(text);
    return 0;
}
