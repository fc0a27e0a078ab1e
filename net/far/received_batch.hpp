// One batch as it arrives at the far side: its slot, the files that are being received, and what went wrong.
// Its messages are worked off one after the other, by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "net/far/frame.hpp"
#include "net/far/messages.hpp"
#include "net/place/base_directory.hpp"

namespace suprsync::far {

class received_batch {
  public:
    /// `answer` is given what is said to a message, with the number of its question.
    using answerer = std::function<void(kind, std::uint32_t number, std::optional<std::string>)>;

    received_batch(std::shared_ptr<const base_directory> place, std::uint32_t number, answerer answer)
        : place_(std::move(place)), number_(number), answer_(std::move(answer)) {}

    /// begin, whole, open, sums, data, finish or end. False where that is no such message.
    bool take(const message& m);

    /// Of a message for a batch that is none.
    static failure has_not_begun();

    /// What arrived is kept as far as it can be, and the slot given back: whoever sent it is gone.
    void leave();

    work_watch watch;

  private:
    struct open_file {
        received_file file;
        std::uint64_t not_kept = 0;  ///< bytes
        work_watch::clock::time_point kept_at = work_watch::clock::now();
    };
    bool begin(const message& m);
    bool whole(const message& m);
    bool open(const message& m);
    bool data(const message& m);
    bool finish(const message& m);
    bool sums(const message& m);
    void end(const message& m);
    /// Nothing more of it is taken.
    bool is_over() const { return !hold_ || result_.error.has_value(); }
    void complain(std::uint32_t item, failure why);
    void keep_all();

    std::shared_ptr<const base_directory> place_;
    std::uint32_t number_;
    answerer answer_;
    std::optional<slot_hold> hold_;
    std::map<std::uint32_t, open_file> files_;
    batch_answer result_;
};

}  // namespace suprsync::far
