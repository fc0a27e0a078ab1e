// Minds one archive's destination: asks whether it is there before anything is sent, turns the errors that
// transfers meet into the state of the connection and its conditions, and guards the base directory.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/rules/staging_slots.hpp"
#include "engine/run/archive_context.hpp"
#include "engine/run/staging_sweeper.hpp"

namespace suprsync {

/// Must live as long as anybody uses the archive's context, which tells it errors.
class destination_watch {
  public:
    destination_watch(archive_context& archive, staging_slots& slots, staging_sweeper& sweeper)
        : archive_(archive), slots_(slots), sweeper_(sweeper) {
        archive_.on_connection_error = [this](const failure& error) { on_connection_error(error, false); };
    }

    /// Whether the destination is to be asked before anything else: the connection is to be tried, or it is
    /// time to check a slot that another process has locked, or a clock that differs from ours.
    bool probe_is_due() const;

    /// Until that is so of a destination that answers; infinity where it is not foreseen.
    double seconds_to_probe() const;

    /// Asks the destination once. archive.connection, archive.destination and the conditions tell what it
    /// said.
    boost::asio::awaitable<void> probe();

    /// Pauses the archive where the base directory turned out to be missing or another one.
    boost::asio::awaitable<void> pause_where_base_is_wrong();

    /// As an earlier daemon left it: what it was paused for holds.
    void was_paused(const archive_memory& memory);

    /// A person resumes the archive. Where it is paused for its base directory, that is taken as it is now;
    /// whoever ends another pause was not asked about that.
    void resume();

    /// The destination is asked at once; where its base directory is waited for, whether that is back.
    void try_now();

    /// To be done while the archive is paused. Where it is for its base directory, that is looked for now and
    /// then, and the archive goes on where the recorded one is back. Returns the seconds until the next look.
    boost::asio::awaitable<double> rest();

    /// Files have arrived: from now on the base directory is to be the one that it is.
    boost::asio::awaitable<void> remember_base();

    /// A batch ended with an error of its transfer; `progressed`: something arrived before.
    void transfer_failed(const failure& error, bool progressed);
    void transfer_succeeded();

    /// No file waits for the destination, so that none could tell that it works again.
    void nothing_waits();

    /// A slot was found locked by another process at the destination, or free.
    void slot_locked(int slot);
    void slot_free(int slot);

    /// No space was left at the destination: until a transfer succeeds there is one batch at a time.
    bool one_at_a_time() const { return one_at_a_time_; }
    /// Partial files of other batches are to make room.
    bool needs_room() const { return no_space_in_a_row_ > 1; }
    /// One file alone found no space so often that smaller ones go first.
    bool out_of_patience_with_space() const { return no_space_in_a_row_ >= patience_with_space; }

  private:
    static constexpr int patience_with_space = 5;

    void on_connection_error(const failure& error, bool progressed);
    void connection_failed(const char* kind, const failure& error);
    void connection_works();
    void space_is_left();
    void report_staging();
    boost::asio::awaitable<bool> base_is_back();
    void go_on();
    void raise_base_directory(const std::string& why);
    boost::asio::awaitable<result<void>> record_base_place();

    archive_context& archive_;
    staging_slots& slots_;
    staging_sweeper& sweeper_;
    bool transfers_fail_ = false;  // though the destination answers: the condition is theirs to end
    bool one_at_a_time_ = false;
    int no_space_in_a_row_ = 0;
    std::optional<std::chrono::steady_clock::time_point> clock_asked_;  // one of another machine
    std::optional<directory_place> place_;  // of the base directory, as the catalog was told
    bool base_remembered_ = false;
    bool base_expected_ = false;         // anything was verified or recorded: it must not be missing
    bool accept_base_ = false;           // a person resumed: the base directory is right as it is
    epoch_seconds check_base_at_ = 0;    // while paused for it
    std::optional<failure> base_error_;  // for which the archive is to be paused
};

}  // namespace suprsync
