// Writes JSON text straight into a string: floats as people write them (1661284493.5, not 1.6612844935E9),
// and texts by json_text(), well-formed whatever bytes another program has put into the catalog.
#pragma once

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <concepts>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>

namespace suprsync {

class json_writer {
  public:
    json_writer& begin_object() { return open('{'); }
    json_writer& end_object() { return close('}'); }
    json_writer& begin_array() { return open('['); }
    json_writer& end_array() { return close(']'); }
    json_writer& key(std::string_view name);
    json_writer& null();

    /// A bool, an integer, a float (null where it is not finite), a text; an optional (null where empty), a
    /// map (an object) or another range (an array) of what can be written; an enumerator or a struct that is
    /// described (Boost.Describe), as its name or member by member. A type of which the order or the keys
    /// differ has a function write_json(json_writer&, const T&) beside its description, which goes first.
    template <class T>
    json_writer& value(const T& v);

    template <class T>
    json_writer& member(std::string_view name, const T& v) {
        return key(name).value(v);
    }

    /// The members that the description of a struct names, in its order, into the object that has begun.
    template <class T>
    json_writer& members(const T& described);

    const std::string& text() const { return text_; }
    std::string take() { return std::move(text_); }

  private:
    json_writer& open(char bracket);
    json_writer& close(char bracket);
    json_writer& put_text(std::string_view text);
    json_writer& put_float(double number);
    json_writer& put_plain(std::string_view token);
    void separate();

    std::string text_;
    bool needs_comma_ = false;
};

namespace detail {
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
concept has_own_form = requires(json_writer& json, const T& v) { write_json(json, v); };
template <class T>
concept map = requires { typename T::mapped_type; };
template <class T>
concept list = std::ranges::input_range<T> && !std::convertible_to<T, std::string_view>;
}  // namespace detail

template <class T>
json_writer& json_writer::members(const T& described) {
    using all = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<all>([&](auto one) { member(one.name, described.*one.pointer); });
    return *this;
}

template <class T>
json_writer& json_writer::value(const T& v) {
    if constexpr (detail::has_own_form<T>) {
        write_json(*this, v);
        return *this;
    } else if constexpr (detail::is_optional<T>) {
        return v ? value(*v) : null();
    } else if constexpr (std::same_as<T, bool>) {
        return put_plain(v ? "true" : "false");
    } else if constexpr (std::integral<T>) {
        return put_plain(std::to_string(v));
    } else if constexpr (std::floating_point<T>) {
        return put_float(v);
    } else if constexpr (boost::describe::has_describe_enumerators<T>::value) {
        return put_text(boost::describe::enum_to_string(v, ""));
    } else if constexpr (boost::describe::has_describe_members<T>::value) {
        return begin_object().members(v).end_object();
    } else if constexpr (detail::map<T>) {
        begin_object();
        for (const auto& [name, one] : v) member(name, one);
        return end_object();
    } else if constexpr (detail::list<T>) {
        begin_array();
        for (const auto& one : v) value(one);
        return end_array();
    } else {
        return put_text(v);
    }
}

}  // namespace suprsync
