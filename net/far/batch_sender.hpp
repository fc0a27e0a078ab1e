// Sends the files of one batch over one or more lanes: small ones many to a message, ranges of large ones by
// turns. Blocking; whoever waits for it looks at what arrived, and tells it to stop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/files/open_descriptor.hpp"
#include "engine/ports/transport.hpp"
#include "net/far/lane.hpp"
#include "net/place/local_source.hpp"
#include "net/place/pace.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync::far {

class batch_sender {
  public:
    /// The first lane is the one that says when files are whole. `packs`: their content, where that is
    /// smaller then.
    batch_sender(stage_request request, std::vector<std::shared_ptr<lane>> lanes, std::shared_ptr<pace> rate,
                 bool packs);

    /// Until all is there, something is wrong with the destination, or `watch`, which is to stay there until
    /// this returns, says stop.
    void run(work_watch& watch);

    std::uint64_t arrived() const;  ///< bytes, from any thread
    /// Files of which nothing lay there before, from any thread.
    std::size_t arrived_files() const;
    /// The item of which a local file is being read by a thread at this moment.
    std::optional<std::size_t> reading() const;
    /// Answers that run() still waits for are given up.
    void give_up();
    /// Where run() has been left behind, told to stop: the batch ends at the other side without it.
    void abandon();

    // When run() has returned:
    std::optional<failure> error;  ///< of the destination
    bool lost = false;             ///< a lane has ended
    std::vector<std::optional<std::string>> complaints;
    std::vector<std::optional<failure>> unreadable;  ///< whose local file's place has a problem

  private:
    struct sender {  ///< what goes over one lane
        std::shared_ptr<lane> channel;
        std::shared_ptr<lane::arrivals> arrivals = std::make_shared<lane::arrivals>();
        std::atomic<std::uint32_t> batch = 0;      ///< 0: none has begun
        std::atomic<std::uint32_t> waits_for = 0;  ///< the number of a question
        std::atomic<std::size_t> reads = none;
        std::set<std::size_t> opened;  ///< of the group, by this lane's thread
    };
    struct range {
        std::size_t item = 0;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
    };
    struct portion {
        std::vector<std::size_t> small;
        std::optional<range> part;
    };
    struct local_file {
        open_descriptor opened;
        incoming_file file;
        bool is_new = false;  ///< nothing of it lay there
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    /// A larger file can be gone on with where its transfer was interrupted.
    static constexpr std::uint64_t largest_whole = 256 << 10;
    static constexpr std::size_t bytes_per_message = 512 << 10;

    void send_group(const std::vector<std::size_t>& large);
    void find_missing(const std::vector<std::size_t>& large);
    void add_ranges(std::size_t item, byte_range missing);
    void on_all_lanes();
    void send_over(sender& s);
    bool begin(sender& s);
    /// What is begun on this lane and those behind it.
    void end_from(std::size_t first);
    std::optional<portion> next();
    bool over() const { return watch_->stop || failed_; }
    std::optional<std::string> answer_to(sender& s, std::uint32_t number);
    void complain(std::size_t item, std::string what);
    void fail(std::optional<failure> why);
    // content_sending.cpp
    void send_small(sender& s, const std::vector<std::size_t>& items);
    void send_range(sender& s, const range& part);
    void send_content(sender& s, kind what, const std::string& message, lane::content_sent counts);
    void pay(std::uint64_t bytes);
    // local_reading.cpp
    /// What differs there, after a mismatch, and what is missing.
    void find_different(std::size_t item, const std::vector<byte_range>& missing);
    void is_not_sent(std::size_t item, not_sent why);
    /// None with a complaint.
    std::optional<local_file> open_local(sender& s, std::size_t item);
    /// All of these bytes, or false with a complaint.
    bool read_local(sender& s, std::size_t item, const local_file& f, char* into, std::size_t count,
                    std::uint64_t offset);

    stage_request request_;
    std::shared_ptr<pace> rate_;
    bool packs_;
    work_watch* watch_ = nullptr;
    std::vector<std::unique_ptr<sender>> senders_;
    mutable std::mutex mutex_;
    std::atomic<bool> failed_ = false;
    std::atomic<std::size_t> large_arrived_ = 0;  ///< of which nothing lay there before
    std::vector<std::size_t> small_;              ///< to be sent
    std::size_t next_small_ = 0;
    std::vector<range> ranges_;  ///< to be sent, of the group
    std::size_t next_range_ = 0;
    std::map<std::size_t, local_file> open_;  ///< of the group
    std::vector<std::size_t> large_;          ///< in groups of which each is open at once
};

}  // namespace suprsync::far
