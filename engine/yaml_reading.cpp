#include "engine/yaml_reading.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/text_file.hpp"

namespace suprsync {

namespace {

failure bad(const std::string& place, const std::string& detail) {
    return {failure_code::invalid, "use", place, detail};
}

// The library keeps both values of a key that stands twice, and shows the first.
result<void> check_keys(const std::string& file, const YAML::Node& node) {
    if (node.IsSequence())
        for (const auto& element : node)
            if (auto fine = check_keys(file, element); !fine) return fine;
    if (!node.IsMap()) return {};
    std::set<std::string> seen;
    for (const auto& entry : node) {
        if (!entry.first.IsScalar())
            return bad(place_of(file, entry.first),
                       fmt::format("expected a key, got {}", what_is(entry.first)));
        if (!seen.insert(entry.first.Scalar()).second)
            return bad(fmt::format("{}: {}", place_of(file, entry.first), entry.first.Scalar()),
                       "the key stands here for the second time: expected it once");
        if (auto fine = check_keys(file, entry.second); !fine) return fine;
    }
    return {};
}

}  // namespace

std::string place_of(const std::string& file, const YAML::Node& node) {
    const auto mark = node.Mark();
    return mark.is_null() ? file : fmt::format("{}:{}", file, mark.line + 1);
}

std::string what_is(const YAML::Node& node) {
    if (node.IsMap()) return "a mapping";
    if (node.IsSequence()) return "a list";
    if (node.IsScalar()) return "'" + node.Scalar() + "'";
    return "nothing";
}

result<yaml_document> load_yaml(const std::string& file) {
    const auto text = read_text_file(file);
    if (!text) return text.error();
    try {
        const auto documents = YAML::LoadAll(*text);
        if (documents.empty() || documents.front().IsNull())
            return bad(file + ":1", "the file is empty: expected a mapping of keys to values");
        if (documents.size() > 1)
            return bad(place_of(file, documents[1]), "expected one document, a second one begins here");
        const auto& document = documents.front();
        if (!document.IsMap())
            return bad(place_of(file, document),
                       fmt::format("expected a mapping of keys to values, got {}", what_is(document)));
        if (auto fine = check_keys(file, document); !fine) return fine.error();
        return yaml_document{document};
    } catch (const YAML::Exception& e) {
        return bad(e.mark.is_null() ? file : fmt::format("{}:{}", file, e.mark.line + 1),
                   fmt::format("this is not YAML: {} (column {})", e.msg, e.mark.column + 1));
    }
}

}  // namespace suprsync
