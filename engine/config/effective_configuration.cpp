#include "engine/config/effective_configuration.hpp"

#include <yaml-cpp/yaml.h>

#include "engine/config/configuration_keys.hpp"

namespace suprsync {

namespace {

class writer {
  public:
    std::string write(const assembled_configuration& assembled) {
        const auto& c = assembled.configuration;
        out_ << YAML::BeginMap;
        std::string section;
        for (const auto& key : daemon_keys()) {
            const auto dot = key.key.find('.');
            const auto of_key = dot == std::string::npos ? "" : key.key.substr(0, dot);
            if (of_key != section && !section.empty()) out_ << YAML::EndMap;
            if (of_key != section && !of_key.empty())
                out_ << YAML::Key << of_key << YAML::Value << YAML::BeginMap;
            section = of_key;
            add(key, section.empty() ? key.key : key.key.substr(dot + 1), key.show(c), assembled.origins);
        }
        if (!section.empty()) out_ << YAML::EndMap;
        out_ << YAML::Key << "archives" << YAML::Value << YAML::BeginSeq;
        for (std::size_t i = 0; i < c.archives.size(); ++i) {
            out_ << YAML::BeginMap;
            for (const auto& key : archive_keys())
                add(key, key.key, key.show(c.archives[i]), assembled.archive_origins[i]);
            out_ << YAML::EndMap;
        }
        out_ << YAML::EndSeq << YAML::EndMap;
        return std::string(out_.c_str()) + "\n";
    }

  private:
    template <class Key>
    void add(const Key& key, const std::string& name, const std::vector<std::string>& values,
             const value_origins& origins) {
        if (key.without_effect) return;
        if (values.empty()) {
            out_ << YAML::Newline << YAML::Comment(name + " is not set");
            return;
        }
        out_ << YAML::Key << name << YAML::Value;
        if (key.kind == value_kind::list)
            out_ << YAML::Flow << values;
        else
            out_ << values.front();
        const auto origin = origins.find(key.option);
        out_ << YAML::Comment(origin == origins.end() ? "default" : origin->second.text());
    }

    YAML::Emitter out_;
};

}  // namespace

std::string show_effective(const assembled_configuration& assembled) { return writer().write(assembled); }

}  // namespace suprsync
