// Writes JSON text straight into a string: floats as people write them (1661284493.5, not 1.6612844935E9),
// and always valid UTF-8, whatever bytes another program has put into the catalog.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
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

    /// A bool, an integer, a float (null where it is not finite), a text (bytes that are not UTF-8 become
    /// U+FFFD), or an optional of these (null where empty).
    template <class T>
    json_writer& value(const T& v);

    template <class T>
    json_writer& member(std::string_view name, const T& v) {
        return key(name).value(v);
    }

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
}  // namespace detail

template <class T>
json_writer& json_writer::value(const T& v) {
    if constexpr (detail::is_optional<T>)
        return v ? value(*v) : null();
    else if constexpr (std::same_as<T, bool>)
        return put_plain(v ? "true" : "false");
    else if constexpr (std::integral<T>)
        return put_plain(std::to_string(v));
    else if constexpr (std::floating_point<T>)
        return put_float(v);
    else
        return put_text(v);
}

}  // namespace suprsync
