#include "engine/config/source_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

failure bad(const std::string& place, const std::string& detail) {
    return {failure_code::invalid, "use", place, detail};
}

// The library keeps both values of a key that stands twice, and shows the first.
void check_keys(const std::string& file, const YAML::Node& node, std::vector<failure>& mistakes) {
    if (node.IsSequence())
        for (const auto& element : node) check_keys(file, element, mistakes);
    if (!node.IsMap()) return;
    std::set<std::string> seen;
    for (const auto& entry : node) {
        // An empty key has no place of its own.
        const auto& where = entry.first.Mark().is_null() ? entry.second : entry.first;
        if (!entry.first.IsScalar())
            mistakes.push_back(
                bad(place_of(file, where), fmt::format("expected a key, got {}", what_is(entry.first))));
        else if (!seen.insert(entry.first.Scalar()).second)
            mistakes.push_back(bad(fmt::format("{}: {}", place_of(file, entry.first), entry.first.Scalar()),
                                   "the key stands here for the second time: expected it once"));
        check_keys(file, entry.second, mistakes);
    }
}

// Marks the place of a scalar that reaches to the end of the text.
constexpr const char* sentinel = "suprsync-end-of-text";

const YAML::Node* find_scalar_with(const YAML::Node& node, const std::string& part, YAML::Node& found) {
    if (node.IsScalar() && node.Scalar().find(part) != std::string::npos) {
        found.reset(node);
        return &found;
    }
    if (node.IsSequence())
        for (const auto& element : node)
            if (const auto* f = find_scalar_with(element, part, found)) return f;
    if (node.IsMap())
        for (const auto& entry : node) {
            if (const auto* f = find_scalar_with(entry.first, part, found)) return f;
            if (const auto* f = find_scalar_with(entry.second, part, found)) return f;
        }
    return nullptr;
}

// yaml-cpp 0.7 takes the end of the file for the end of a quoted text: a key that is added to the file then
// becomes part of that text.
result<void> check_quotes(const std::string& file, const std::string& text) {
    YAML::Node document;
    try {
        document = YAML::Load(text + "\n" + sentinel + ": 1\n");
    } catch (const YAML::Exception&) {
        return {};  // the file ends in a way that takes no further key: outside any quotes
    }
    YAML::Node found;
    if (document.IsMap() && document[sentinel]) return {};
    if (!find_scalar_with(document, std::string(sentinel) + ": 1", found)) return {};
    return bad(place_of(file, found), "the quote that begins here has no end");
}

constexpr std::size_t deepest = 50;

struct exceeded {
    yaml_mistake mistake;
};

class node_counter final : public YAML::EventHandler {
  public:
    explicit node_counter(std::size_t most) : most_(most) {}
    std::size_t nodes() const { return nodes_; }
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1)
            throw exceeded{{mark.line + 1, "expected one document, a second one begins here", true}};
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor); }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  const std::string&) override {
        leaf(mark, anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = sizes_.find(anchor);
        if (known == sizes_.end()) refuse(mark, "a value that holds itself by an alias has no end");
        add(mark, known->second);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        begin(mark, anchor);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        begin(mark, anchor);
    }
    void OnMapEnd() override { end(); }

  private:
    struct collection {
        YAML::anchor_t anchor = 0;
        std::size_t before = 0;
    };

    [[noreturn]] static void refuse(const YAML::Mark& mark, std::string detail) {
        throw exceeded{{mark.line + 1, std::move(detail)}};
    }
    void add(const YAML::Mark& mark, std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ > most_)
            refuse(mark, fmt::format("expected at most {} values, aliases resolved", most_values));
    }
    void leaf(const YAML::Mark& mark, YAML::anchor_t anchor) {
        add(mark, 1);
        if (anchor != 0) sizes_[anchor] = 1;
    }
    void begin(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (open_.size() == deepest) refuse(mark, fmt::format("expected at most {} levels", deepest));
        open_.push_back({anchor, nodes_});
        add(mark, 1);
    }
    void end() {
        const auto closed = open_.back();
        open_.pop_back();
        if (closed.anchor != 0) sizes_[closed.anchor] = nodes_ - closed.before;
    }

    const std::size_t most_;
    int documents_ = 0;
    std::size_t nodes_ = 0;
    std::vector<collection> open_;
    std::map<YAML::anchor_t, std::size_t> sizes_;  // of what is complete
};

}  // namespace

result<std::string> read_token(const std::string& path) {
    const auto wrong = [](const std::string& detail) {
        return failure{failure_code::invalid, "use", "the token", detail};
    };
    const auto text = read_text_file(path);
    if (!text) return wrong(fmt::format("{}: the file cannot be read: {}", path, text.error().detail));
    constexpr const char* white = " \t\n\v\f\r";
    const auto begin = text->find_first_not_of(white);
    if (begin == std::string::npos) return wrong(fmt::format("{}: the file holds no token", path));
    auto token = text->substr(begin, text->find_last_not_of(white) + 1 - begin);
    if (std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return token;
    return wrong(fmt::format(
        "expected one token of visible ASCII characters in '{}', got more lines, spaces or other characters",
        path));
}

std::string place_of(const std::string& file, const YAML::Node& node) {
    const auto mark = node.Mark();
    return mark.is_null() ? file : fmt::format("{}:{}", file, mark.line + 1);
}

std::vector<yaml_entry> entries_of(const YAML::Node& mapping) {
    std::vector<yaml_entry> entries;
    for (const auto& entry : mapping)
        if (entry.first.IsScalar()) entries.push_back({entry.first.Scalar(), entry.first, entry.second});
    return entries;
}

std::string what_is(const YAML::Node& node) {
    if (node.IsMap()) return "a mapping";
    if (node.IsSequence()) return "a list";
    if (node.IsScalar()) return "'" + abridged(node.Scalar()) + "'";
    return "nothing";
}

std::optional<yaml_mistake> exceeds_limits(const std::string& text, std::size_t& values_left) {
    std::optional<yaml_mistake> mistake;
    node_counter counter(values_left);
    try {
        std::istringstream in(text);
        YAML::Parser parser(in);
        // Of some texts the parser finds one more document for ever.
        while (parser.HandleNextDocument(counter)) continue;
    } catch (const exceeded& e) {
        mistake = e.mistake;
    }
    if (!mistake || mistake->behind_the_document) values_left -= counter.nodes();
    return mistake;
}

result<yaml_document> load_yaml(const std::string& file, reading_budget& left) {
    const auto text = read_text_file(file, left.bytes);
    if (!text) return text.error();
    left.bytes -= text->size();
    try {
        std::vector<failure> mistakes;
        if (const auto mistake = exceeds_limits(*text, left.values)) {
            mistakes.push_back(bad(fmt::format("{}:{}", file, mistake->line), mistake->detail));
            if (!mistake->behind_the_document) return mistakes.front();
        }
        yaml_document read{YAML::Load(*text), std::move(mistakes)};
        const auto& document = read.root;
        if (document.IsNull())
            return bad(file + ":1", "the file is empty: expected a mapping of keys to values");
        if (!document.IsMap())
            return bad(place_of(file, document),
                       fmt::format("expected a mapping of keys to values, got {}", what_is(document)));
        if (auto fine = check_quotes(file, *text); !fine) return fine.error();
        check_keys(file, document, read.mistakes);
        return read;
    } catch (const YAML::Exception& e) {
        return bad(e.mark.is_null() ? file : fmt::format("{}:{}", file, e.mark.line + 1),
                   fmt::format("this is not YAML: {} (column {})", e.msg, e.mark.column + 1));
    }
}

}  // namespace suprsync
