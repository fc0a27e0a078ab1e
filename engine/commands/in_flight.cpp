#include "engine/commands/in_flight.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/commands/complain.hpp"
#include "engine/commands/daemon_places.hpp"
#include "engine/commands/status_reading.hpp"
#include "http/api/request_values.hpp"

namespace suprsync {

namespace {

// A daemon that has much to do is not waited for: what it says here is an addition.
constexpr std::chrono::seconds short_patience{2};

bool may_be_in_flight(const file_view& file) { return file.state == "pending" || file.state == "retrying"; }

// Where daemons may be asked; why nowhere.
result<std::vector<daemon_address>> candidates(const tool_arguments& arguments) {
    try {
        auto found = places_of_daemon(arguments);
        if (!found.told)
            found.places.push_back({parse_listen_address(default_tcp_address).value(), std::nullopt, ""});
        return std::move(found.places);
    } catch (const failure_error& e) {
        return e.why();
    }
}

}  // namespace

// Of daemons that work on other catalogs nothing is said.
void in_flight::ask() {
    transfers_.clear();
    by_file_.clear();
    sent_.clear();
    unknown_because_.clear();
    const auto first = !daemons_;
    const auto places = first ? candidates(arguments_) : result<std::vector<daemon_address>>(*daemons_);
    if (first) daemons_.emplace();
    if (!places) {
        unknown_because_ = places.error().text();
        return;
    }
    std::string why = "no daemon of this catalog answers";
    bool answered = false;
    for (const auto& daemon : *places) {
        const auto answer = ask_daemon(daemon, "/transfers?ids=true", short_patience);
        if (!answer) {
            why = answer.error().text();
            continue;
        }
        auto report = read_transfers(*answer);
        if (!report || report->catalog != catalog_) continue;
        answered = true;
        if (first) daemons_->push_back(daemon);
        for (auto& one : report->transfers) {
            for (const auto id : one.ids) by_file_[id] = transfers_.size();
            sent_.insert(one.sent_ids.begin(), one.sent_ids.end());
            transfers_.push_back(std::move(one));
        }
    }
    if (!answered) unknown_because_ = why;
}

void in_flight::show(std::vector<file_view>& files) {
    if (std::ranges::none_of(files, may_be_in_flight)) return;
    ask();
    for (auto& file : files)
        if (const auto* one = transfer_of(file.row.id); one && may_be_in_flight(file))
            file.state = name_of(sent_.contains(file.row.id) ? flight_stage::sent : one->stage);
}

const transfer* in_flight::transfer_of(file_id id) const {
    const auto place = by_file_.find(id);
    return place == by_file_.end() ? nullptr : &transfers_[place->second];
}

void in_flight::tell_unknown(const std::string& tool) const {
    if (unknown_because_.empty()) return;
    complain(fmt::format("suprsync {}: whether pending files are in flight is not known: {}", tool,
                         unknown_because_));
}

std::vector<daemon_address> in_flight::daemons() {
    if (!daemons_) ask();
    return *daemons_;
}

std::optional<archive_activity> in_flight::archive(const std::string& name) {
    for (const auto& daemon : daemons())
        if (const auto answer = ask_daemon(daemon, "/archives/" + encoded(name), short_patience))
            if (auto activity = read_activity(*answer)) return std::move(*activity);
    return std::nullopt;
}

std::optional<failure> in_flight::try_now(const std::string& archive) {
    std::optional<failure> why;
    for (const auto& daemon : daemons()) {
        const auto told = tell_daemon(daemon, "/archives/" + encoded(archive) + "/try-now", "{}");
        if (told) return std::nullopt;
        if (!why || why->code == failure_code::not_found) why = told.error();
    }
    if (!why) why = failure{failure_code::connection, "ask", "the daemon", unknown_because_};
    return why;
}

}  // namespace suprsync
