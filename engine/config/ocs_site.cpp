#include "engine/config/ocs_site.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "engine/config/source_file.hpp"

namespace suprsync {

namespace {

constexpr const char* agent_class = "SupRsync";

failure bad(const std::string& place, const std::string& name, const std::string& detail) {
    return {failure_code::invalid, "use", place + ": " + name, detail};
}

// Entry of a mapping, key and value; both undefined where it has none.
struct entry {
    YAML::Node key;
    YAML::Node value;
    bool there = false;
};

entry find(const YAML::Node& mapping, const std::string& name) {
    for (const auto& e : mapping)
        if (e.first.Scalar() == name) return {e.first, e.second, true};
    return {};
}

// The word that is the value; empty where it is none.
std::string word_at(const YAML::Node& mapping, const std::string& name) {
    const auto found = find(mapping, name);
    return found.there && found.value.IsScalar() ? found.value.Scalar() : "";
}

std::string manager_of(const YAML::Node& instances) {
    for (const auto& node : instances)
        if (node.IsMap() && word_at(node, "agent-class") == "HostManager")
            return word_at(node, "instance-id");
    return "";
}

std::vector<std::string> keys_of(const YAML::Node& mapping) {
    std::vector<std::string> names;
    for (const auto& e : mapping) names.push_back(e.first.Scalar());
    return names;
}

class site_reader {
  public:
    explicit site_reader(const ocs_site_request& request) : request_(request) {}

    result<std::vector<ocs_instance>> read() {
        reading_budget left;
        auto document = load_yaml(request_.file, left);
        if (!document) return document.error();
        if (!document->mistakes.empty()) return document->mistakes.front();
        const auto hosts = find(document->root, "hosts");
        if (!hosts.there)
            return bad(request_.file + ":1", "hosts", "expected a mapping of hosts, there is none");
        if (!hosts.value.IsMap())
            return bad(place(hosts.key), "hosts", "expected a mapping of hosts, got " + what_is(hosts.value));
        std::string name = request_.host;
        auto host = find(hosts.value, name);
        if (!host.there) host = find(hosts.value, name = "localhost");
        if (!host.there)
            return bad(
                place(hosts.key), "hosts",
                fmt::format(
                    "expected host '{}' (or localhost) in it, got {}: name one of them with --site-host",
                    request_.host, fmt::join(keys_of(hosts.value), ", ")));
        return read_host("hosts." + name, host);
    }

  private:
    std::string place(const YAML::Node& node) const { return place_of(request_.file, node); }

    result<std::vector<ocs_instance>> read_host(const std::string& name, const entry& host) {
        const auto list =
            host.value.IsMap() ? find(host.value, "agent-instances") : entry{host.key, host.value, false};
        if (!list.there || !list.value.IsSequence())
            return bad(place(list.there ? list.key : host.key), name + ".agent-instances",
                       list.there ? "expected a list, got " + what_is(list.value)
                                  : "expected a list of agents, there is none");
        std::vector<ocs_instance> found;
        std::vector<std::string> others;
        std::map<std::string, std::string> places;  // of the ids
        const auto manager = manager_of(list.value);
        for (std::size_t i = 0; i < list.value.size(); ++i) {
            const auto where = fmt::format("{}.agent-instances[{}]", name, i);
            auto instance = read_instance(where, list.value[i]);
            if (!instance) return instance.error();
            if (!*instance) continue;
            (*instance)->manager = manager;
            const auto& id = (*instance)->instance_id;
            if (const auto [first, fresh] = places.try_emplace(id, (*instance)->place); !fresh)
                return bad((*instance)->place, where + ".instance-id",
                           fmt::format("expected an id of its own, got '{}', which stands at {} already", id,
                                       first->second));
            if (!request_.instance_id || (*instance)->instance_id == *request_.instance_id)
                found.push_back(std::move(**instance));
            else
                others.push_back((*instance)->instance_id);
        }
        if (!found.empty()) return found;
        if (others.empty())
            return bad(place(list.key), name + ".agent-instances",
                       fmt::format("expected an entry with agent-class: {}, there is none", agent_class));
        return bad(place(list.key), name + ".agent-instances",
                   fmt::format("expected a {} entry with instance-id '{}', got {}", agent_class,
                               *request_.instance_id, fmt::join(others, ", ")));
    }

    // None where the entry is another agent's.
    result<std::optional<ocs_instance>> read_instance(const std::string& name, const YAML::Node& node) {
        if (!node.IsMap())
            return bad(place(node), name,
                       "expected a mapping of agent-class, instance-id and arguments, got " + what_is(node));
        if (word_at(node, "agent-class") != agent_class) return std::optional<ocs_instance>();
        const auto id = find(node, "instance-id");
        if (!id.there || !id.value.IsScalar())
            return bad(place(id.there ? id.key : node), name + ".instance-id",
                       "expected the name of this instance, got " +
                           (id.there ? what_is(id.value) : std::string("nothing")));
        ocs_instance instance{id.value.Scalar(), place(node), {}, word_at(node, "manage")};
        const auto arguments = find(node, "arguments");
        if (arguments.there && !arguments.value.IsSequence())
            return bad(place(arguments.key), name + ".arguments",
                       "expected a list of words, or of lists of words, got " + what_is(arguments.value));
        if (arguments.there)
            if (auto r = flatten(name + ".arguments", arguments.value, instance.arguments); !r)
                return r.error();
        return std::optional(std::move(instance));
    }

    result<void> flatten(const std::string& name, const YAML::Node& list, std::vector<ocs_argument>& into) {
        for (const auto& element : list) {
            if (element.IsSequence()) {
                if (auto r = flatten(name, element, into); !r) return r;
            } else if (element.IsScalar()) {
                into.push_back({element.Scalar(), place(element)});
            } else {
                return bad(place(element.Mark().is_null() ? list : element), name,
                           "expected words, or lists of words, got " + what_is(element) + " among them");
            }
        }
        return {};
    }

    const ocs_site_request& request_;
};

}  // namespace

result<std::vector<ocs_instance>> read_ocs_site(const ocs_site_request& request) {
    return site_reader(request).read();
}
}  // namespace suprsync
