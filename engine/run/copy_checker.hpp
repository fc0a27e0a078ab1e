// Asks the destination again about copies that were verified (spec, Checking copies again), portion by
// portion and no faster than it is told, beside a daemon that may be at work there: it changes nothing, here
// or there.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/loop/wake.hpp"
#include "engine/ports/catalog.hpp"
#include "engine/ports/transport.hpp"
#include "engine/run/copy_question.hpp"

namespace suprsync {

struct check_request {
    copy_query which;  ///< of which archive; its limits of a page are the checker's
    check_depth depth = check_depth::content;
    std::optional<double> rate;  ///< bytes a second of content that is read there
};

struct check_report {
    std::array<std::int64_t, copy_findings> files{};  ///< by finding
    std::uint64_t bytes = 0;                          ///< of content that was read
    std::int64_t from_memory = 0;                     ///< sums that may be of what memory holds there
    std::vector<checked_copy> not_fine;  ///< those that are bad or not answered for, the first most_told
    file_id reached = 0;                 ///< all copies up to it were asked for
    bool over = false;                   ///< and nothing lies behind
    std::optional<failure> error;        ///< why not

    std::int64_t count(copy_finding finding) const { return files.at(static_cast<std::size_t>(finding)); }
    std::int64_t checked() const;
    /// Everything was asked for, and is there as it was verified.
    bool all_as_proven() const;

    static constexpr std::size_t most_told = 100'000;
};

class copy_checker {
  public:
    copy_checker(const boost::asio::any_io_executor& executor, catalog& c, transport& t, clock& time)
        : catalog_(c), transport_(t), clock_(time), wake_(executor) {}

    /// Called after each portion.
    std::function<void(const check_report&)> on_progress;

    /// Returns when all was asked for, or cannot be, or stop() was called.
    boost::asio::awaitable<check_report> run(check_request request);

    /// What is under way ends, and what it would have answered is not counted.
    void stop();

    static constexpr int most_failures_in_a_row = 5;

  private:
    enum class next { go_on, again, end };

    boost::asio::awaitable<result<void>> prepare(std::string archive);
    boost::asio::awaitable<next> check_some();
    boost::asio::awaitable<next> ask(copy_page page);
    boost::asio::awaitable<next> meet(copy_page page, failure error);
    void note(checked_copy one);

    catalog& catalog_;
    transport& transport_;
    clock& clock_;
    wake wake_;
    check_request request_;
    check_report report_;
    check_portion portion_;
    bool prepared_ = false;
    bool answered_ = false;  ///< at least once
    bool stopped_ = false;
    int failures_ = 0;  ///< in a row
};

}  // namespace suprsync
