#include "engine/config/ocs_site.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "engine/config/source_file.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

constexpr const char* agent_class = "SupRsync";

std::optional<yaml_entry> find(const YAML::Node& mapping, const std::string& name) {
    for (auto& e : entries_of(mapping))
        if (e.name == name) return std::move(e);
    return std::nullopt;
}

// The word that is the value; empty where it is none.
std::string word_at(const YAML::Node& mapping, const std::string& name) {
    const auto found = find(mapping, name);
    return found && found->value.IsScalar() ? found->value.Scalar() : "";
}

std::string manager_of(const YAML::Node& instances) {
    for (const auto& node : instances)
        if (node.IsMap() && word_at(node, "agent-class") == "HostManager")
            return word_at(node, "instance-id");
    return "";
}

std::vector<std::string> keys_of(const YAML::Node& mapping) {
    std::vector<std::string> names;
    for (const auto& e : entries_of(mapping)) names.push_back(e.name);
    return names;
}

class site_reader {
  public:
    explicit site_reader(const ocs_site_request& request) : request_(request) {}

    ocs_site read() {
        reading_budget left;
        auto document = load_yaml(request_.file, left);
        if (!document) {
            site_.mistakes.push_back(document.error());
            return std::move(site_);
        }
        site_.mistakes = std::move(document->mistakes);
        if (const auto host = find_host(document->root)) {
            read_hub(document->root, host->value);
            read_host("hosts." + host->name, *host);
        }
        return std::move(site_);
    }

  private:
    std::string place(const YAML::Node& node) const { return place_of(request_.file, node); }
    void bad(const std::string& place, const std::string& name, const std::string& detail) {
        site_.mistakes.push_back(
            {failure_code::invalid, "use", place + ": " + abridged(name, most_of_a_path), detail});
    }

    // A host may say otherwise than the site.
    void read_hub(const YAML::Node& root, const YAML::Node& host) {
        const auto hub = find(root, "hub");
        if (hub && !hub->value.IsMap())
            return bad(
                place(hub->key), "hub",
                "expected a mapping of wamp_server, wamp_realm and address_root, got " + what_is(hub->value));
        for (const std::string name : {"wamp_server", "wamp_realm", "address_root"}) {
            auto found = host.IsMap() ? find(host, name) : std::nullopt;
            if (!found && hub) found = find(hub->value, name);
            if (!found) continue;
            if (found->value.IsScalar())
                site_.hub.push_back({name, found->value.Scalar(), place(found->key)});
            else
                bad(place(found->key), "hub." + name, "expected a text, got " + what_is(found->value));
        }
    }

    std::optional<yaml_entry> find_host(const YAML::Node& root) {
        const auto hosts = find(root, "hosts");
        if (!hosts || !hosts->value.IsMap()) {
            bad(hosts ? place(hosts->key) : request_.file + ":1", "hosts",
                "expected a mapping of hosts, " + (hosts ? "got " + what_is(hosts->value) : "there is none"));
            return std::nullopt;
        }
        auto host = find(hosts->value, request_.host);
        if (!host) host = find(hosts->value, "localhost");
        if (host) return host;
        const auto names = keys_of(hosts->value);
        bad(place(hosts->key), "hosts",
            fmt::format(
                "expected host '{}' (or localhost) in it, got {}: name one of them with --site-host{}",
                request_.host, fmt::join(names, ", "), did_you_mean(request_.host, names)));
        return std::nullopt;
    }

    void read_host(const std::string& name, const yaml_entry& host) {
        const auto list = host.value.IsMap() ? find(host.value, "agent-instances") : std::nullopt;
        if (!list || !list->value.IsSequence())
            return bad(place(list ? list->key : host.key), name + ".agent-instances",
                       list ? "expected a list, got " + what_is(list->value)
                            : "expected a list of agents, there is none");
        std::vector<std::string> others;
        std::map<std::string, std::string> places;  // of the ids
        const auto manager = manager_of(list->value);
        for (std::size_t i = 0; i < list->value.size(); ++i) {
            const auto where = fmt::format("{}.agent-instances[{}]", name, i);
            auto instance = read_instance(where, list->value[i]);
            if (!instance) continue;
            instance->manager = manager;
            const auto& id = instance->instance_id;
            const auto [first, fresh] = places.try_emplace(id, instance->place);
            if (!fresh)
                bad(instance->place, where + ".instance-id",
                    expected_not("an id of its own", id) + ", which stands at " + first->second + " already");
            if (!request_.instance_id || id == *request_.instance_id)
                site_.instances.push_back(std::move(*instance));
            else
                others.push_back(id);
        }
        if (!site_.instances.empty() || site_.incomplete) return;
        if (others.empty())
            return bad(place(list->key), name + ".agent-instances",
                       fmt::format("expected an entry with agent-class: {}, there is none", agent_class));
        bad(place(list->key), name + ".agent-instances",
            fmt::format("expected a {} entry with instance-id '{}', got {}{}", agent_class,
                        *request_.instance_id, fmt::join(others, ", "),
                        did_you_mean(*request_.instance_id, others)));
    }

    // None where the entry is another agent's, or cannot be told from others.
    std::optional<ocs_instance> read_instance(const std::string& name, const YAML::Node& node) {
        if (!node.IsMap()) {
            site_.incomplete = true;
            bad(place(node), name,
                "expected a mapping of agent-class, instance-id and arguments, got " + what_is(node));
            return std::nullopt;
        }
        if (word_at(node, "agent-class") != agent_class) return std::nullopt;
        ocs_instance instance{"", place(node), {}, word_at(node, "manage")};
        const auto before = site_.mistakes.size();
        const auto arguments = find(node, "arguments");
        if (arguments && !arguments->value.IsSequence())
            bad(place(arguments->key), name + ".arguments",
                "expected a list of words, or of lists of words, got " + what_is(arguments->value));
        else if (arguments)
            flatten(name + ".arguments", arguments->value, instance.arguments);
        instance.incomplete = site_.mistakes.size() > before;
        const auto id = find(node, "instance-id");
        if (!id || !id->value.IsScalar()) {
            site_.incomplete = true;
            bad(place(id ? id->key : node), name + ".instance-id",
                "expected the name of this instance, got " + (id ? what_is(id->value) : "nothing"));
            return std::nullopt;
        }
        instance.instance_id = id->value.Scalar();
        return instance;
    }

    void flatten(const std::string& name, const YAML::Node& list, std::vector<ocs_argument>& into) {
        for (const auto& element : list) {
            if (element.IsSequence())
                flatten(name, element, into);
            else if (element.IsScalar())
                into.push_back({element.Scalar(), place(element)});
            else
                bad(place(element.Mark().is_null() ? list : element), name,
                    "expected words, or lists of words, got " + what_is(element) + " among them");
        }
    }

    const ocs_site_request& request_;
    ocs_site site_;
};

}  // namespace

ocs_site read_ocs_site(const ocs_site_request& request) { return site_reader(request).read(); }

}  // namespace suprsync
