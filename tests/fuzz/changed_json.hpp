// JSON with one of its values put in place of another, left out, doubled, nested or renamed, and whatever
// texts can stand where JSON has a value.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace suprsync::fuzz {

class json_changer {
  public:
    explicit json_changer(std::minstd_rand& random) : random_(random) {}

    /// Of a text that is no JSON, another text is made.
    std::string change(const std::string& text) {
        boost::system::error_code error;
        auto tree = boost::json::parse(text, error);
        if (error || below(8) == 0) tree = boost::json::parse(a_body);
        std::vector<boost::json::value*> places;
        find_places(tree, places);
        auto& place = *places[below(places.size())];
        const auto before = boost::json::serialize(place);
        const std::string deep(1 + below(40), '[');
        switch (below(6)) {
            case 0:
                return with(tree, place, deep + before + std::string(deep.size(), ']'));
            case 1:  // the name may be one that the object has
                return with(tree, place, before + ",\"" + name() + "\":" + odd_value());
            case 2:
                return with(tree, place, before + "," + before);
            case 3:
            case 4:
                if (auto* object = place.if_object()) {
                    change_members(*object);
                    return boost::json::serialize(tree);
                }
                [[fallthrough]];
            default:
                return with(tree, place, odd_value());
        }
    }

    std::string name() {
        constexpr std::string_view members[] = {"local_path", "remote_path", "archive_name", "local_md5sum",
                                                "timestamp",  "deletable",   "ignore",       "reason",
                                                "file_ids",   "Local_path"};
        return std::string(members[below(std::size(members))]);
    }

  private:
    static constexpr std::string_view a_body =
        R"([{"local_path":"/data/x","remote_path":"17000/x","archive_name":"smurf","timestamp":1.7e9,"deletable":true}])";

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

    static void find_places(boost::json::value& value, std::vector<boost::json::value*>& places) {
        places.push_back(&value);
        if (auto* array = value.if_array())
            for (auto& element : *array) find_places(element, places);
        if (auto* object = value.if_object())
            for (auto& member : *object) find_places(member.value(), places);
    }

    // The tree's text with this one in the place of a value, which need be no JSON.
    static std::string with(boost::json::value& tree, boost::json::value& place, const std::string& instead) {
        constexpr std::string_view mark = "@here@";
        place = mark;
        auto text = boost::json::serialize(tree);
        const auto quoted = "\"" + std::string(mark) + "\"";
        return text.replace(text.find(quoted), quoted.size(), instead);
    }

    // One less, one under another name, or one more.
    void change_members(boost::json::object& object) {
        boost::json::value value;
        if (!object.empty() && below(3) > 0) {
            const auto gone = object.begin() + static_cast<std::ptrdiff_t>(below(object.size()));
            value = gone->value();
            object.erase(gone);
            if (below(2) == 0) return;
        } else {
            boost::system::error_code error;
            value = boost::json::parse(odd_value(), error);
        }
        object[name()] = std::move(value);
    }

    // As they stand in JSON, or as they do not.
    std::string odd_value() {
        constexpr std::string_view values[] = {"null",
                                               "true",
                                               "false",
                                               "0",
                                               "-0",
                                               "1e308",
                                               "1e309",
                                               "-1e400",
                                               "1e-400",
                                               "18446744073709551616",
                                               "9223372036854775808",
                                               "-9223372036854775809",
                                               "1700000000.123456789012345678",
                                               "NaN",
                                               "Infinity",
                                               "0x1",
                                               "01",
                                               "\"\"",
                                               "\" \"",
                                               "\"/data/x\"",
                                               "\"17000/x\"",
                                               "\"../x\"",
                                               "\"/x/../y\"",
                                               "\"a//./b\"",
                                               "\"smurf\"",
                                               R"("\u0000")",
                                               R"("a\u0000b")",
                                               R"("\ud83d")",
                                               R"("\ude00\ud83d")",
                                               R"("\ud83d\ude00")",
                                               "\"\xff\"",
                                               "\"\xed\xa0\x80\"",
                                               "\"\xf0\x9f\x98\"",
                                               "\"\x01\"",
                                               "\"0cc175b9c0f1b6a831c399e269772661\"",
                                               "\"0CC175B9C0F1B6A831C399E269772661\"",
                                               "\"0cc175b9c0f1b6a831c399e26977266\"",
                                               "[]",
                                               "{}",
                                               "[[]]",
                                               R"({"local_path":"/a"})",
                                               "\"unfinished",
                                               "\"\\",
                                               ""};
        if (below(16) > 0) return std::string(values[below(std::size(values))]);
        return "\"" + std::string(below(400), static_cast<char>('a' + below(26))) + "\"";
    }

    std::minstd_rand& random_;
};

}  // namespace suprsync::fuzz
