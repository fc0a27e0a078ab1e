// How values are written into a message and read out of it: numbers from their lowest byte, texts behind
// their length, lists behind their count. A reader takes no memory for what the message does not hold.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "net/far/frame.hpp"

namespace suprsync::far {

/// Writes. What it is given has to keep the limits of the reader: `fits()` tells whether it did.
class wire_writer {
  public:
    static constexpr bool reading = false;

    template <class Number>
        requires std::is_arithmetic_v<Number>
    void number(const Number& value) {
        std::uint64_t bits = 0;
        if constexpr (std::is_same_v<Number, double>)
            bits = std::bit_cast<std::uint64_t>(value);
        else
            bits = static_cast<std::uint64_t>(value);
        for (std::size_t i = 0; i < sizeof(Number); ++i)
            bytes_.push_back(static_cast<char>(static_cast<unsigned char>(bits >> (8 * i))));
    }
    void flag(const bool& value) { bytes_.push_back(value ? 1 : 0); }
    template <class Enum>
    void choice(const Enum& value, Enum last) {
        if (value > last) fits_ = false;
        number(static_cast<std::uint8_t>(value));
    }
    void text(const std::string& value, std::size_t longest) {
        if (value.size() > longest) fits_ = false;
        number(static_cast<std::uint32_t>(value.size()));
        bytes_ += value;
    }
    /// For people: what is longer is cut.
    void words(const std::string& value, std::size_t longest) { text(value.substr(0, longest), longest); }
    template <class T, class Each>
    void list(const std::vector<T>& values, std::size_t /*least_bytes*/, Each each) {
        if (values.size() > most_items) fits_ = false;
        number(static_cast<std::uint32_t>(values.size()));
        for (const auto& value : values) each(value);
    }
    template <class T, class Inner>
    void maybe(const std::optional<T>& value, Inner inner) {
        flag(value.has_value());
        if (value) inner(*value);
    }

    bool fits() const { return fits_ && bytes_.size() <= longest_message; }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
    bool fits_ = true;
};

/// Reads. After the first thing that is not there, or is longer than allowed, nothing more is read, and
/// `complete()` is false.
class wire_reader {
  public:
    static constexpr bool reading = true;

    explicit wire_reader(std::string_view bytes) : rest_(bytes) {}

    template <class Number>
        requires std::is_arithmetic_v<Number>
    void number(Number& value) {
        const auto taken = take(sizeof(Number));
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < taken.size(); ++i)
            bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(taken[i])) << (8 * i);
        if constexpr (std::is_same_v<Number, double>)
            value = std::bit_cast<double>(bits);
        else
            value = static_cast<Number>(bits);
    }
    void flag(bool& value) {
        std::uint8_t byte = 0;
        number(byte);
        if (byte > 1) fail();
        value = byte == 1;
    }
    template <class Enum>
    void choice(Enum& value, Enum last) {
        std::uint8_t byte = 0;
        number(byte);
        if (byte > static_cast<std::uint8_t>(last)) {
            fail();
            byte = 0;
        }
        value = static_cast<Enum>(byte);
    }
    void text(std::string& value, std::size_t longest) {
        std::uint32_t length = 0;
        number(length);
        if (length > longest) fail();
        value = take(length);
    }
    void words(std::string& value, std::size_t longest) { text(value, longest); }
    /// Each element has at least `least_bytes`, so that no more are made than there can be.
    template <class T, class Each>
    void list(std::vector<T>& values, std::size_t least_bytes, Each each) {
        std::uint32_t count = 0;
        number(count);
        if (count > most_items || count > rest_.size() / std::max<std::size_t>(1, least_bytes)) fail();
        values.clear();
        if (!good_) return;
        for (std::uint32_t i = 0; i < count && good_; ++i) each(values.emplace_back());
    }
    template <class T, class Inner>
    void maybe(std::optional<T>& value, Inner inner) {
        bool there = false;
        flag(there);
        value.reset();
        if (there && good_) inner(value.emplace());
    }

    void fail() {
        good_ = false;
        rest_ = {};
    }
    bool good() const { return good_; }
    /// All was there, and nothing else.
    bool complete() const { return good_ && rest_.empty(); }
    std::string_view rest() const { return rest_; }
    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            fail();
            return {};
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

  private:
    std::string_view rest_;
    bool good_ = true;
};

}  // namespace suprsync::far
