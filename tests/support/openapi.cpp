#include "tests/support/openapi.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

namespace json = boost::json;

namespace suprsync::test {

namespace {

const std::set<std::string> methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace"};
const std::set<std::string> annotations = {"description", "default",  "minimum",
                                           "maximum",     "minItems", "minProperties"};

std::string text(json::string_view view) { return {view.data(), view.size()}; }

std::string lower(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return word;
}

std::string upper(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return word;
}

bool is_of(const json::value& value, const std::string& type) {
    if (type == "null") return value.is_null();
    if (type == "boolean") return value.is_bool();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "number") return value.is_number();
    if (type == "string") return value.is_string();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    throw std::runtime_error("unknown type in a schema: " + type);
}

}  // namespace

openapi::openapi(const std::string& source) : document_(json::parse(source).as_object()) {
    if (!text(document_.at("openapi").as_string()).starts_with("3.1."))
        throw std::runtime_error("not OpenAPI 3.1");
}

std::set<std::string> openapi::requests() const {
    std::set<std::string> found;
    for (const auto& path : document_.at("paths").as_object())
        for (const auto& member : path.value().as_object())
            if (methods.contains(text(member.key())))
                found.insert(upper(text(member.key())) + " " + text(path.key()));
    return found;
}

std::set<std::string> openapi::query_parameters(const std::string& method, const std::string& path) const {
    std::set<std::string> found;
    const auto& operation = document_.at("paths").at(path).at(lower(method)).as_object();
    if (const auto* parameters = operation.if_contains("parameters"))
        for (const auto& parameter : parameters->as_array())
            if (parameter.at("in").as_string() == "query")
                found.insert(text(parameter.at("name").as_string()));
    return found;
}

const json::value& openapi::resolved(const json::value& value) const {
    const auto* reference = value.as_object().if_contains("$ref");
    if (!reference) return value;
    auto path = text(reference->as_string());
    const std::string begin = "#/components/";
    if (!path.starts_with(begin)) throw std::runtime_error("cannot follow " + path);
    path.erase(0, begin.size());
    const auto slash = path.find('/');
    return document_.at("components").at(path.substr(0, slash)).at(path.substr(slash + 1));
}

std::vector<std::string> openapi::faults(const std::string& method, const std::string& path, int status,
                                         const std::string& media_type, const std::string& body) const {
    const auto& responses = document_.at("paths").at(path).at(lower(method)).at("responses").as_object();
    const auto* response = responses.if_contains(std::to_string(status));
    // Only errors may be answered as `default` says: every success is described under its status.
    if (!response && status >= 400) response = responses.if_contains("default");
    if (!response) return {"no answer with status " + std::to_string(status) + " is described: " + body};
    const auto& content = resolved(*response).at("content").as_object();
    const auto* described = content.if_contains(media_type.substr(0, media_type.find(';')));
    if (!described) return {"no answer as " + media_type + " is described"};
    if (media_type.find("json") == std::string::npos) return {};
    return faults(json::parse(body), described->at("schema"));
}

std::vector<std::string> openapi::faults(const json::value& value, const json::value& schema) const {
    std::vector<std::string> found;
    check(value, schema, "$", found);
    return found;
}

void openapi::check(const json::value& value, const json::value& maybe_reference, const std::string& where,
                    std::vector<std::string>& faults) const {
    const auto& schema = resolved(maybe_reference).as_object();
    const auto wrong = [&](const std::string& what) {
        faults.push_back(where + ": " + what + ": " + json::serialize(value).substr(0, 200));
    };
    for (const auto& keyword : schema) {
        const auto name = text(keyword.key());
        const auto& rule = keyword.value();
        if (name == "type") {
            std::vector<std::string> types;
            if (rule.is_string()) types.push_back(text(rule.as_string()));
            if (rule.is_array())
                for (const auto& type : rule.as_array()) types.push_back(text(type.as_string()));
            if (std::none_of(types.begin(), types.end(), [&](const auto& t) { return is_of(value, t); }))
                wrong("is not of type " + json::serialize(rule));
        } else if (name == "enum") {
            const auto& allowed = rule.as_array();
            if (std::find(allowed.begin(), allowed.end(), value) == allowed.end())
                wrong("is none of " + json::serialize(rule));
        } else if (name == "oneOf") {
            std::size_t fitting = 0;
            for (const auto& one : rule.as_array()) {
                std::vector<std::string> ignored;
                check(value, one, where, ignored);
                if (ignored.empty()) ++fitting;
            }
            if (fitting != 1) wrong("fits " + std::to_string(fitting) + " schemas");
        } else if (name == "properties" || name == "required" || name == "additionalProperties") {
            if (!value.is_object()) wrong("is no object");
        } else if (name == "items" || name == "prefixItems") {
            if (!value.is_array()) wrong("is no array");
        } else if (!annotations.contains(name)) {
            throw std::runtime_error("this checker does not know the keyword " + name);
        }
    }
    if (value.is_object()) check_object(value.as_object(), schema, where, faults);
    if (value.is_array()) check_array(value.as_array(), schema, where, faults);
}

void openapi::check_object(const json::object& value, const json::object& schema, const std::string& where,
                           std::vector<std::string>& faults) const {
    if (const auto* required = schema.if_contains("required"))
        for (const auto& name : required->as_array())
            if (!value.contains(name.as_string()))
                faults.push_back(where + ": lacks " + text(name.as_string()));
    const auto* properties = schema.if_contains("properties");
    const auto* others = schema.if_contains("additionalProperties");
    for (const auto& member : value) {
        const auto inside = where + "." + text(member.key());
        if (const auto* known = properties ? properties->as_object().if_contains(member.key()) : nullptr)
            check(member.value(), *known, inside, faults);
        else if (others && others->is_bool() && !others->as_bool())
            faults.push_back(inside + ": is not described");
        else if (others && others->is_object())
            check(member.value(), *others, inside, faults);
    }
}

void openapi::check_array(const json::array& value, const json::object& schema, const std::string& where,
                          std::vector<std::string>& faults) const {
    const auto* first = schema.if_contains("prefixItems");
    const auto* items = schema.if_contains("items");
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto inside = where + "[" + std::to_string(i) + "]";
        if (first && i < first->as_array().size())
            check(value[i], first->as_array()[i], inside, faults);
        else if (items && items->is_bool() && !items->as_bool())
            faults.push_back(inside + ": is one too many");
        else if (items && items->is_object())
            check(value[i], *items, inside, faults);
    }
}

std::string joined(const std::vector<std::string>& faults) {
    std::string all;
    for (const auto& fault : faults) all += fault + "\n";
    return all;
}

}  // namespace suprsync::test
