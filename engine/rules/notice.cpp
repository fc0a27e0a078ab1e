#include "engine/rules/notice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t longest_text = 8000;  // bytes: what programs for people show

bool holds(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

// "paused of smurf is over (srv20 at so1)".
std::string subject_of(const std::string& what, const std::string& archive, const std::string& said,
                       const notice_source& from) {
    return fmt::format("{}{}{} ({} at {})", what, archive.empty() ? "" : " of " + archive, said,
                       from.instance_id, from.host);
}

// What Slack reads as an address or a link is text here.
std::string for_slack(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else
            escaped += c;
    }
    return escaped;
}

std::string as_json(const notice& what, const notice_source& from) {
    auto text =
        fmt::format(R"({{"event":{},"time":{:.3f},"host":{},"instance_id":{})", json_text(name_of(what.what)),
                    what.at, json_text(from.host), json_text(from.instance_id));
    if (!what.archive.empty()) text += ",\"archive\":" + json_text(what.archive);
    if (!what.condition.empty()) text += ",\"kind\":" + json_text(what.condition);
    for (const auto& [name, value] : what.members) text += fmt::format(",{}:{}", json_text(name), value);
    return text + fmt::format(",\"subject\":{},\"text\":{}}}\n", json_text(what.subject),
                              json_text(abridged(what.text, longest_text)));
}

}  // namespace

std::string name_of(notice::kind what) {
    switch (what) {
        case notice::kind::condition_begins:
            return notify_on::condition_begins;
        case notice::kind::condition_ends:
            return notify_on::condition_ends;
        case notice::kind::finalized:
            return notify_on::finalized;
        case notice::kind::digest:
            return notify_on::digest;
        case notice::kind::summary:
            return "summary";
        case notice::kind::test:
            break;
    }
    return "test";
}

notice notice_of(const told_condition& raised, bool begins, epoch_seconds at, const notice_source& from) {
    notice told;
    told.what = begins ? notice::kind::condition_begins : notice::kind::condition_ends;
    told.at = at;
    told.archive = raised.archive;
    told.condition = raised.kind;
    told.subject = subject_of(raised.kind, raised.archive, begins ? "" : " is over", from);
    told.text = begins ? raised.message
                       : fmt::format("It held for {}: {}", human::span(at - raised.since), raised.message);
    told.members = {{"since", fmt::format("{:.3f}", raised.since)}, {"message", json_text(raised.message)}};
    return told;
}

notice notice_of(const told_finalization& day, epoch_seconds at, const notice_source& from) {
    notice told;
    told.what = notice::kind::finalized;
    told.at = at;
    told.archive = day.archive;
    told.subject = subject_of(
        day.day, day.archive,
        day.revision > 1 ? fmt::format(" is finalized, revision {}", day.revision) : " is finalized", from);
    told.text = fmt::format("{} are complete at the destination. {} says so there.",
                            human::counted(day.num_files, "file"), day.remote_path);
    told.members = {{"timecode", json_text(day.day)},
                    {"revision", std::to_string(day.revision)},
                    {"num_files", std::to_string(day.num_files)},
                    {"remote_path", json_text(day.remote_path)}};
    return told;
}

notice test_notice(epoch_seconds at, const notice_source& from) {
    notice told;
    told.at = at;
    told.subject = subject_of("a test", "", "", from);
    told.text = "Somebody tries whether messages of suprsync arrive (suprsync notify --test). This one has.";
    return told;
}

bool wants(const notify_configuration& entry, const notice& what) {
    if (what.what == notice::kind::summary || what.what == notice::kind::test) return true;
    if (!holds(entry.on, name_of(what.what))) return false;
    if (what.what == notice::kind::digest) return true;
    if (!what.condition.empty() && !entry.kinds.empty() && !holds(entry.kinds, what.condition)) return false;
    return entry.archives.empty() || what.archive.empty() || holds(entry.archives, what.archive);
}

written_notice written(const notice& what, const std::string& form, const notice_source& from) {
    if (form == "json") return {"application/json", as_json(what, from)};
    const auto text = abridged(what.text, longest_text);
    if (form == "slack")
        return {"application/json",
                fmt::format("{{\"text\":{}}}\n",
                            json_text(fmt::format("*{}*\n{}", for_slack(what.subject), for_slack(text))))};
    return {"text/plain; charset=utf-8", shown_line(what.subject) + "\n\n" + shown_lines(text) + "\n"};
}

}  // namespace suprsync
