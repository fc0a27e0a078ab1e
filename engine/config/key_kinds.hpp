// The kinds of configuration keys: how a text, a time, a count, a word, a flag or a list gets from what was
// written into a member of the configuration, and back. For the table in configuration_keys.cpp.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/config/configuration_keys.hpp"
#include "engine/model/option_words.hpp"
#include "engine/model/text.hpp"

namespace suprsync::key_kinds {

using texts = std::vector<std::string>;

struct names {
    std::string option;
    std::string key;
    std::string value_name;
    std::string meaning;
    std::string preset;
};

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
struct value_of {
    using type = T;
};
template <class T>
struct value_of<std::optional<T>> {
    using type = T;
};

template <class C>
configuration_key<C> named(names n, value_kind kind, std::string expected) {
    configuration_key<C> k;
    k.option = std::move(n.option);
    k.key = std::move(n.key);
    k.kind = kind;
    k.value_name = std::move(n.value_name);
    k.meaning = std::move(n.meaning);
    k.preset = std::move(n.preset);
    k.expected = std::move(expected);
    return k;
}

// A key of one value: `read` gives an optional value of the member's type (or of what it holds), `write` its
// text.
template <class C, class M, class Read, class Write>
configuration_key<C> single(names n, M C::* member, std::string expected, Read read, Write write) {
    auto k = named<C>(std::move(n), value_kind::single, std::move(expected));
    k.take = [=](C& into, const texts& written) {
        const auto value = written.size() == 1 ? read(written.front()) : std::nullopt;
        // What is read may be an optional itself. NOLINTNEXTLINE(bugprone-optional-value-conversion)
        if (value) into.*member = *value;
        return value.has_value();
    };
    k.show = [=](const C& from) -> texts {
        if constexpr (is_optional<M>::value) {
            if (!(from.*member)) return {};
            return {write(*(from.*member))};
        } else {
            return {write(from.*member)};
        }
    };
    return k;
}

template <class C, class M>
configuration_key<C> text(names n, M C::* member) {
    const auto same = [](const std::string& t) { return t; };
    return single<C>(
        std::move(n), member, "one text", [](const std::string& t) { return std::optional(t); }, same);
}

template <class C, class M>
configuration_key<C> duration(names n, M C::* member) {
    return single<C>(std::move(n), member, duration_forms, read_duration, show_duration);
}

// A time that something may take; 0 is no limit.
template <class C>
configuration_key<C> limit(names n, std::optional<double> C::* member) {
    using value = std::optional<double>;
    return single<C>(
        std::move(n), member, duration_forms,
        [](const std::string& t) -> std::optional<value> {
            const auto seconds = read_duration(t);
            if (!seconds) return std::nullopt;
            return *seconds > 0 ? value(seconds) : value();
        },
        show_duration);
}

// A time between two things: the agent takes 0, which would never rest.
template <class C>
configuration_key<C> pause(names n, double C::* member) {
    return single<C>(
        std::move(n), member, duration_forms,
        [](const std::string& t) {
            auto seconds = read_duration(t);
            if (seconds && *seconds == 0) seconds = 1;
            return seconds;
        },
        show_duration);
}

template <class C, class M>
configuration_key<C> rate(names n, M C::* member) {
    return single<C>(std::move(n), member, rate_forms, read_rate, [](const std::string& t) { return t; });
}

template <class C, class M>
configuration_key<C> count(names n, M C::* member, long least, long most) {
    using number_type = typename value_of<M>::type;
    return single<C>(
        std::move(n), member, fmt::format("a whole number from {} to {}", least, most),
        [least, most](const std::string& t) -> std::optional<number_type> {
            const auto number = read_number<long>(t, least, most);
            return number ? std::optional(static_cast<number_type>(*number)) : std::nullopt;
        },
        [](auto number) { return fmt::format("{}", number); });
}

// How often something is done; off: never.
template <class C>
configuration_key<C> period(names n, std::optional<double> C::* member) {
    auto k = named<C>(std::move(n), value_kind::single, "a time above 0, such as 30d, or off");
    k.take = [member](C& into, const texts& written) {
        if (written.size() != 1) return false;
        const auto seconds = read_duration(written.front());
        if (written.front() == "off")
            into.*member = std::nullopt;
        else if (seconds && *seconds > 0)
            into.*member = seconds;
        else
            return false;
        return true;
    };
    k.show = [member](const C& from) -> texts {
        return {from.*member ? show_duration(*(from.*member)) : std::string("off")};
    };
    return k;
}

// The most of something; 0 is no limit.
template <class C, class M>
configuration_key<C> count_limit(names n, std::optional<M> C::* member, long most) {
    using value = std::optional<M>;
    return single<C>(
        std::move(n), member, fmt::format("a whole number from 1 to {}, or 0 for no limit", most),
        [most](const std::string& t) -> std::optional<value> {
            const auto number = read_number<long>(t, 0, most);
            if (!number) return std::nullopt;
            return *number > 0 ? value(static_cast<M>(*number)) : value();
        },
        [](M number) { return fmt::format("{}", number); });
}

// A number, or the word for what is found out.
template <class C, class M>
configuration_key<C> count_or_auto(names n, std::optional<M> C::* member, long least, long most) {
    auto k = named<C>(std::move(n), value_kind::single,
                      fmt::format("a whole number from {} to {}, or auto", least, most));
    k.words = {"auto"};
    k.take = [member, least, most](C& into, const texts& written) {
        if (written.size() != 1) return false;
        const auto number = read_number<long>(written.front(), least, most);
        if (number)
            into.*member = static_cast<M>(*number);
        else if (read_word(written.front(), {"auto"}))
            into.*member = std::nullopt;
        else
            return false;
        return true;
    };
    k.show = [member](const C& from) -> texts {
        return {from.*member ? fmt::format("{}", *(from.*member)) : std::string("auto")};
    };
    return k;
}

// One of some words, in any case.
template <class C>
configuration_key<C> word(names n, std::string C::* member, std::vector<std::string> words) {
    auto k = single<C>(
        std::move(n), member, fmt::format("one of {}", fmt::join(words, ", ")),
        [words](const std::string& t) { return read_word(t, words); },
        [](const std::string& t) { return t; });
    k.words = std::move(words);
    return k;
}

template <class C>
configuration_key<C> flag(names n, bool C::* member) {
    auto k = named<C>(std::move(n), value_kind::flag, "true or false");
    k.take = [member](C& into, const texts& written) {
        const auto value = written.size() == 1 ? read_flag(written.front()) : std::nullopt;
        if (value) into.*member = *value;
        return value.has_value();
    };
    k.show = [member](const C& from) -> texts { return {from.*member ? "true" : "false"}; };
    return k;
}

template <class C>
configuration_key<C> list(names n, std::vector<std::string> C::* member) {
    auto k = named<C>(std::move(n), value_kind::list, "a list of texts");
    k.take = [member](C& into, const texts& written) {
        into.*member = written;
        return true;
    };
    k.show = [member](const C& from) { return from.*member; };
    return k;
}

template <class C>
configuration_key<C> without_effect(names n) {
    auto k = named<C>(std::move(n), value_kind::single, "one value");
    k.without_effect = true;
    k.take = [](C&, const texts&) { return true; };
    k.show = [](const C&) -> texts { return {}; };
    return k;
}

}  // namespace suprsync::key_kinds
