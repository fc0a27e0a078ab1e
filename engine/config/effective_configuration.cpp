#include "engine/config/effective_configuration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "engine/config/configuration_keys.hpp"
#include "engine/config/notify_keys.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

// Without quotes where a person would write none: the readers of configurations take the text of a scalar,
// whatever its type would be.
std::string written(std::string_view value, std::string_view punctuation) {
    const auto is_plain = [&](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
               punctuation.find(c) != std::string_view::npos;
    };
    const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), is_plain) &&
                       std::string_view("+,:=@-").find(value.front()) == std::string_view::npos &&
                       value.back() != ':' && lower(value) != "null";
    return plain ? std::string(value) : yaml_text(value);
}

class writer {
  public:
    std::string write(const assembled_configuration& assembled) {
        const auto& c = assembled.configuration;
        add_all(daemon_keys(), "", "", c, assembled.origins);
        if (!c.notify.empty()) text_ += "notify:\n";
        for (std::size_t i = 0; i < c.notify.size(); ++i)
            add_all(notify_keys(), "  - ", "    ", c.notify[i], assembled.notify_origins[i]);
        text_ += "archives:\n";
        for (std::size_t i = 0; i < c.archives.size(); ++i)
            add_all(archive_keys(), "  - ", "    ", c.archives[i], assembled.archive_origins[i]);
        return text_;
    }

  private:
    template <class Keys, class Configuration>
    void add_all(const Keys& keys, std::string indent, const std::string& later, const Configuration& c,
                 const value_origins& origins) {
        std::string section;
        for (const auto& key : keys) {
            const auto dot = key.key.find('.');
            const auto of_key = dot == std::string::npos ? "" : key.key.substr(0, dot);
            if (of_key != section && !of_key.empty()) text_ += indent + of_key + ":\n";
            section = of_key;
            add(key, section.empty() ? indent : indent + "  ",
                section.empty() ? key.key : key.key.substr(dot + 1), shown_values(key, c), origins);
            indent = later;
        }
    }

    template <class Key>
    void add(const Key& key, const std::string& indent, const std::string& name,
             const std::vector<std::string>& values, const value_origins& origins) {
        if (key.without_effect) return;
        if (values.empty()) {
            const bool told = key.preset.empty() || key.preset == "none";
            text_ += fmt::format("{}# {} is not set{}\n", indent, name, told ? "" : ": " + key.preset);
            return;
        }
        const auto origin = origins.find(key.option);
        text_ += fmt::format("{}{}: {}  # {}\n", indent, name, value_of(key.kind, values),
                             origin == origins.end() ? "default" : shown_line(origin->second.text()));
    }

    static std::string value_of(value_kind kind, const std::vector<std::string>& values) {
        if (kind != value_kind::list) return written(values.front(), "_/.@+=,:<>-");
        std::vector<std::string> elements;
        for (const auto& value : values) elements.push_back(written(value, "_/.@+=-"));
        return fmt::format("[{}]", fmt::join(elements, ", "));
    }

    std::string text_;
};

}  // namespace

std::string show_effective(const assembled_configuration& assembled) { return writer().write(assembled); }

}  // namespace suprsync
