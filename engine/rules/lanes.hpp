// How many batches of one archive are in flight where nobody gave a number: as many as bring more. A rule of
// small steps on what was sent; time is given to it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace suprsync {

/// Climbs a ladder of numbers of lanes: measures one rung while all its lanes are busy, tries a neighbour,
/// and goes on from the better of the two. A step up must bring at least half of what its lanes would bring
/// if they carried as much as the others; a step down may cost as much: so lanes that take from one another,
/// or from another archive, are not worth having.
class lane_ladder {
  public:
    static constexpr std::array<std::size_t, 7> rungs{1, 2, 4, 6, 8, 12, 16};
    static constexpr std::size_t most_lanes = rungs.back();
    /// s: what is in flight when the number changes tells nothing of it.
    static constexpr double settling = 2;
    static constexpr double measuring = 3;
    /// s for all lanes together: each tells what it has sent about once a second.
    static constexpr double measuring_of_one = 4;
    /// s that the best one is kept before its neighbours are tried again.
    static constexpr double resting = 60;
    /// Of the rate of the best one: beyond, the link has become another one.
    static constexpr double other_link = 0.3;

    /// Begins at the highest rung that is not above `first`.
    explicit lane_ladder(std::size_t first);

    /// Batches that may be in flight now.
    std::size_t lanes() const;

    /// What was sent in all, and how many batches are in flight, at a monotonic time (s); `waiting`: more
    /// would be, were there more lanes.
    void tell(double now, std::uint64_t bytes, std::size_t in_flight, bool waiting);

    /// No more than so many from now on, as far as memory goes; 1 at least.
    void allow(std::size_t most);

  private:
    struct measurement {
        double begun = 0;
        std::uint64_t bytes = 0;
    };
    void measured(double rate, double now);
    void try_next(double now);
    bool may_try(std::size_t rung) const;
    void begin(std::size_t rung);

    std::size_t rung_;                 ///< that is measured
    std::size_t home_;                 ///< the best one
    std::optional<double> home_rate_;  ///< bytes/s
    bool up_tried_ = false;            ///< from home, since it is home or was measured anew
    bool down_tried_ = false;
    std::optional<double> rests_until_;
    std::optional<double> settles_from_;
    std::optional<measurement> running_;
    std::size_t allowed_ = most_lanes;
};

}  // namespace suprsync
