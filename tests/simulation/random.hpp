// The one source of chance of a simulated day: everything that could have come otherwise is drawn from a
// seed, so that a seed is the day. The generator and its distributions are our own: those of the library
// differ from one to another.
#pragma once

#include <cstdint>
#include <vector>

namespace suprsync::simulation {

class random {
  public:
    explicit random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {  // splitmix64
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    /// In [0, 1).
    double real() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    double between(double least, double most) { return least + (most - least) * real(); }
    /// In [0, n); 0 where n is 0.
    std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(next() % n); }
    bool chance(double probability) { return real() < probability; }
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from.at(below(from.size()));
    }
    /// Another source, which what is drawn from this one later does not change.
    random branch(std::uint64_t name) const {
        random mixed(state_ ^ (name * 0xd1342543de82ef95U + 0x632be59bd9b4e019U));
        return random(mixed.next());
    }

  private:
    std::uint64_t state_;
};

}  // namespace suprsync::simulation
