// What finalization files say, held against the rows and what is there.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tests/simulation/content.hpp"
#include "tests/simulation/oracle.hpp"

namespace suprsync::simulation {

namespace {

constexpr double clocks_differ = 130;  // s

bool announces(const std::string& remote_path) { return remote_path.ends_with("_finalized.yaml"); }

double number_after(const std::string& text, const std::string& key, double otherwise) {
    const auto at = text.find("\n" + key + ": ");
    return at == std::string::npos ? otherwise : std::stod(text.substr(at + key.size() + 3));
}

}  // namespace

struct oracle::announcement {
    std::string archive, remote_path;
    int timecode = 0, revision = 1;
    std::size_t files = 0;
    double until = 0;
};

// Called when a finalization file was registered, before anybody else goes on. `anew`: in place of one that
// is old.
void oracle::on_announced(bool anew) {
    for (const auto& row : rows_where("remote_path LIKE '%_finalized.yaml'")) {
        if (announced_.contains(row.remote_path)) continue;
        const auto file = here_.names.find(row.local_path);
        if (file == here_.names.end()) {
            violated(fmt::format("{} is registered and was not written", row.local_path));
            continue;
        }
        ++seen.announced;
        announced_[row.remote_path] = file->second->content;
        contents_[row.local_path].insert(file->second->content);
        check_announcement(row, "\n" + file->second->content, anew);
    }
}

void oracle::check_announcement(const test::catalog_row& row, const std::string& text, bool anew) {
    ++seen.checks;
    announcement said;
    said.archive = row.archive_name;
    said.remote_path = row.remote_path;
    said.timecode = static_cast<int>(number_after(text, "timecode", -1));
    said.revision = static_cast<int>(number_after(text, "revision", 1));
    said.files = static_cast<std::size_t>(number_after(text, "num_files", -1));
    said.until = number_after(text, "finalized_until", -1);
    auto& last = revisions_[{said.archive, said.timecode}];
    if (anew ? said.revision > last : said.revision <= last)
        violated(fmt::format("{} is revision {} of timecode {}, after revision {}", said.remote_path,
                             said.revision, said.timecode, last));
    last = std::max(last, said.revision);
    if (!anew) check_counts(said);
    check_promise(said.archive, said.until, said.remote_path);
}

void oracle::check_counts(const announcement& said) {
    struct copy {
        std::string sum, local_path;
        std::int64_t id = 0;
    };
    std::map<std::string, copy> counted;  // by remote path
    const int today = static_cast<int>(time_.truth() / 1e5);
    bool over = !clock_right || said.timecode + 1 < today;
    const auto rows = rows_where(is_text("archive_name", said.archive));
    for (const auto& row : rows) {
        const auto path = plain(row.remote_path);
        if (announces(path)) continue;
        const auto day = day_of(path);
        // Nobody has files of days to come: such a row completes nothing. What somebody ignored just now did.
        if (!row.ignore.value_or(false) || touched_lately(row.local_path))
            over = over || (day && *day > said.timecode && *day <= today + 1);
        if (row.ignore.value_or(false)) continue;
        if (day != said.timecode) continue;
        if (!row.verified())
            violated(fmt::format("{} announces timecode {}, and row {} of it is not verified",
                                 said.remote_path, said.timecode, row.id));
        counted[path] = {row.remote_md5sum.value_or(""), row.local_path, row.id};
    }
    // One whose row was deleted just now did, too.
    for (const auto& [path, files] : registered_)
        if (const auto day = day_of(path); day && *day > said.timecode && *day <= today + 1)
            over = over || std::any_of(files.begin(), files.end(),
                                       [&](const std::string& file) { return touched_lately(file); });
    if (!over)
        violated(fmt::format("{} announces timecode {}, which is not over", said.remote_path, said.timecode));
    if (counted.size() != said.files)
        violated(fmt::format("{} counts {} files, and there are {}", said.remote_path, said.files,
                             counted.size()));
    for (const auto& [path, counts] : counted) {
        const auto content = there_.on_disk(path);
        const bool known = content && (sum_of(*content) == counts.sum || is_known_content(path, *content));
        // Where somebody ignores the later version, the earlier one is what is counted, and the later one
        // stands there, of which nothing is promised any more.
        const bool ignored =
            std::any_of(rows.begin(), rows.end(), [&path, &of = counts](const test::catalog_row& later) {
                return later.ignore.value_or(false) && later.id > of.id &&
                       later.local_path == of.local_path && plain(later.remote_path) == path;
            });
        if (known || ignored || there_.meddled.contains(path) || claimed_.contains(path)) continue;
        violated(fmt::format("{} counts {}, which is not on the disk there as it was verified",
                             said.remote_path, path));
    }
}

double oracle::on_asked_to_tell(const std::string& archive) {
    unanswered_[archive].insert(time_.truth());
    return time_.truth();
}

void oracle::on_told(const std::string& archive, double until, double asked) {
    ++seen.checks;
    unanswered_[archive].erase(asked);
    check_promise(archive, until, "what readers of " + archive + " are told");
    std::erase_if(unanswered_[archive], [&](double earlier) { return earlier < asked; });
}

void oracle::check_promise(const std::string& archive, double until, const std::string& by) {
    auto& promised = promised_[archive];
    if (until < promised - 0.001)
        violated(fmt::format("{} promises {:.3f}, and {:.3f} was promised before", by, until, promised));
    if (until > time_.truth() + clocks_differ && !clock_accepted_ && !is_no_clock_right())
        violated(fmt::format("{} promises {:.3f}, which is in the future", by, until));
    const auto& unanswered = unanswered_[archive];
    const bool may_be_an_earlier_one = !unanswered.empty() && until <= *unanswered.rbegin() + clocks_differ;
    if (until > promised + 0.001 && !may_be_an_earlier_one)
        for (const auto& row : rows_where(is_text("archive_name", archive)))
            // What is kept of a promise that was true is told later, also where a copy was lost since.
            if (row.dated && !row.ignore.value_or(false) && !row.verified() && row.timestamp < until &&
                !announces(row.remote_path) && !once_verified_.contains(row.id))
                violated(fmt::format("{} promises {:.3f}, and row {} of {:.3f} is not settled", by, until,
                                     row.id, row.timestamp));
    promised = std::max(promised, until);
}

}  // namespace suprsync::simulation
