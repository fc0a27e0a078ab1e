#include "engine/config/yaml_limits.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <sstream>
#include <vector>

namespace suprsync {

namespace {

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

}  // namespace suprsync
