// Whatever a client sends: the input is a request as it comes over the connection. It is read whole and in
// pieces, and its parts are given to every reader that they could reach.
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "http/api/json_writer.hpp"
#include "http/api/registration_endpoint.hpp"
#include "http/api/request_values.hpp"
#include "http/server/access_control.hpp"
#include "http/server/refusals.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;

namespace suprsync::fuzz {

namespace {

std::optional<json::value> read_json(const std::string& text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    return error ? std::nullopt : std::optional(std::move(value));
}

// What leaves the daemon is well-formed, whatever came in.
void judge_problem(const http_answer& answer) {
    must(answer.status >= 400 && reason_of(answer.status) != "Error", "a refusal has a status that is known");
    const auto body = read_json(answer.body);
    must(is_utf8(answer.body) && body && body->is_object(), "a refusal is JSON in UTF-8");
    const auto* detail = body->get_object().if_contains("detail");
    must(detail && detail->is_string() && !detail->get_string().empty(), "a refusal says why");
    for (const auto& [name, value] : answer.headers)
        must(value.find_first_of("\r\n") == std::string::npos, "a header is one line");
}

struct reading {
    bool taken = false;
    body_fault fault;
    registration_body body;
};

reading read_registrations(const std::vector<std::string_view>& pieces) {
    reading r;
    registration_reader reader;
    r.taken = true;
    for (const auto piece : pieces) r.taken = r.taken && reader.feed(piece);
    r.taken = r.taken && reader.finish();
    if (r.taken)
        r.body = reader.take();
    else
        r.fault = reader.fault();
    return r;
}

bool same(const registration_request& one, const registration_request& other) {
    return one.local_path == other.local_path && one.remote_path == other.remote_path &&
           one.archive_name == other.archive_name && one.local_md5sum == other.local_md5sum &&
           one.timestamp == other.timestamp && one.deletable == other.deletable;
}

void judge_registrations(const std::string& text) {
    const auto whole = read_registrations({text});
    const auto pieces = read_registrations(pieces_of(text));
    must(whole.taken == pieces.taken, "a body is taken wherever it is cut, or nowhere");
    if (!whole.taken) {
        // How Boost names what is no JSON depends on the piece that it meets it in.
        const auto ours = [](const body_fault& fault) {
            return fault.why.detail.substr(0, fault.why.detail.find(" valid JSON"));
        };
        must(ours(whole.fault) == ours(pieces.fault) && whole.fault.index == pieces.fault.index,
             "what is wrong with a body does not depend on where it is cut");
        must(whole.fault.why.code == failure_code::invalid, "a body that is refused is invalid");
        return judge_problem(problem(400, whole.fault.why, whole.fault.index));
    }
    const auto& files = whole.body.files;
    const auto value = read_json(text);
    must(value && value->is_array() == whole.body.is_array, "what is taken is JSON");
    must(whole.body.is_array ? value->get_array().size() == files.size() : files.size() == 1,
         "each element is a registration");
    must(files.size() == pieces.body.files.size() && !files.empty(), "as many registrations as in pieces");
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto& file = files[i];
        must(same(file, pieces.body.files[i]), "each registration is the same in pieces");
        const auto& object = (whole.body.is_array ? value->get_array()[i] : *value).as_object();
        must(std::string_view(object.at("local_path").as_string()) == file.local_path &&
                 std::string_view(object.at("remote_path").as_string()) == file.remote_path,
             "a path is taken as it stands there");
        for (const auto* part : {&file.local_path, &file.remote_path, &file.archive_name})
            must(is_utf8(*part) && part->find('\0') == std::string::npos, "a text is UTF-8 without NUL");
        must(file.local_md5sum.empty() || is_md5(file.local_md5sum), "a sum is one");
        must(std::isfinite(file.timestamp.value_or(0)), "a time is a number");
        json_writer written;
        written.begin_object()
            .member("local_path", file.local_path)
            .member("remote_path", file.remote_path)
            .member("archive_name", file.archive_name)
            .member("deletable", file.deletable);
        if (!file.local_md5sum.empty()) written.member("local_md5sum", file.local_md5sum);
        if (file.timestamp) written.member("timestamp", *file.timestamp);
        written.end_object();
        const auto again = read_registrations({written.text()});
        must(again.taken && same(again.body.files.front(), file), "what is written is read as it was");
    }
}

void judge_object(const std::string& text) {
    const auto object = read_object(text, {"ignore", "reason"});
    if (!object) return judge_problem(problem(object.error()));
    must(object->size() <= 2, "no key but those that are known");
    if (const auto flag = read_bool(*object, "ignore"); !flag) judge_problem(problem(flag.error()));
    const auto reason = read_string(*object, "reason");
    if (!reason) return judge_problem(problem(reason.error()));
    must(!*reason || (is_utf8(**reason) && (*reason)->find('\0') == std::string::npos),
         "a text is UTF-8 without NUL");
}

route judge_route(std::string_view method, std::string_view target) {
    auto where = find_route(method, target);
    if (where.malformed) {
        must(!where.found && where.allow.empty(), "a malformed target leads nowhere");
        return where;
    }
    if (!where.found) return where;
    must(where.allow.find(where.found->method) != std::string::npos, "what is asked is allowed");
    const auto wanted = static_cast<std::size_t>(std::ranges::count(where.found->path, '{'));
    must(where.arguments.size() == wanted, "there is an argument for each {...}");
    http_request request;
    request.query = where.query;
    for (const auto& [name, value] : where.query) {
        must((" " + std::string(where.found->parameters) + " ").find(" " + name + " ") != std::string::npos,
             "no parameter but those that the endpoint has");
        if (const auto number = read_number(request, name, 1, 1000, 5); !number)
            judge_problem(problem(number.error()));
        else
            must(*number >= 1 && *number <= 1000, "a number is within its limits");
    }
    std::string path(where.found->path);
    for (const auto& argument : where.arguments) {
        const auto open = path.find('{');
        path.replace(open, path.find('}') + 1 - open, encoded(argument));
    }
    for (char before = '?'; const auto& [name, value] : where.query) {
        path += before + name + "=" + encoded(value);
        before = '&';
    }
    const auto same_way = find_route(method, path);
    must(same_way.found == where.found && same_way.arguments == where.arguments &&
             (!where.query_problem.empty() || same_way.query == where.query),
         "what is encoded leads where it came from");
    return where;
}

void judge_access(const request_head& head, const route& where) {
    static const auto address = parse_listen_address("127.0.0.1:8642").value();
    static const access_control open(address, {"daq1.example.org", "fd00::7"}, "");
    static const access_control closed(address, {"daq1.example.org", "fd00::7"}, "s3cret");
    static const access_control read_only(address, {"daq1.example.org", "fd00::7"}, "", true);
    const auto refused = open.refuse(head, where);
    if (refused) judge_problem(*refused);
    const auto without_token = closed.refuse(head, where);
    if (without_token) judge_problem(*without_token);
    must(!refused || without_token, "a token opens nothing that is closed without one");
    must(without_token || !where.found->needs_token ||
             head.authorization.find("s3cret") != std::string_view::npos,
         "nobody gets in without the token");
    must(refused || where.found, "what leads nowhere is refused");
    const auto to_readers = read_only.refuse(head, where);
    must(refused || where.found->method == "GET" || (to_readers && to_readers->status == 403),
         "who may only read changes nothing");
    const std::string host(head.host);
    if (is_host_name(host)) {
        const auto in_brackets = host.find(':') == std::string::npos ? host : "[" + host + "]";
        const access_control named(address, {host}, "");
        must(!named.refuse_host(in_brackets) && !named.refuse_host(in_brackets + ":8642"),
             "a host name that is configured is answered");
    }
}

void judge_listen_address(const std::string& text) {
    const auto address = parse_listen_address(text);
    if (!address) return must(!address.error().detail.empty(), "an address that is refused is told why");
    const auto again = parse_listen_address(address->text());
    must(again && *again == *address, "an address is written as it is read");
    address->local_only();
}

// As http/server/connection.cpp reads a request.
struct parsed {
    http::request_parser<http::string_body> parser;
    beast::error_code error;
};

void parse(parsed& p, const std::vector<std::string_view>& pieces) {
    const http_limits limits;
    p.parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    p.parser.body_limit(limits.body_bytes);
    p.parser.eager(true);
    std::string waiting;
    for (const auto piece : pieces) {
        waiting += piece;
        while (!waiting.empty() && !p.parser.is_done()) {
            p.error = {};
            const auto used = p.parser.put(boost::asio::buffer(waiting), p.error);
            waiting.erase(0, used);
            if (p.error == http::error::need_more) break;
            if (p.error) return;
            if (used == 0) break;
        }
    }
}

void judge_request(std::string_view text) {
    parsed whole;
    parsed in_pieces;
    parse(whole, {text});
    parse(in_pieces, pieces_of(text));
    must(whole.parser.is_done() == in_pieces.parser.is_done(),
         "a request is complete wherever it is cut, or nowhere");
    if (whole.parser.is_done())
        must(whole.parser.get().body() == in_pieces.parser.get().body() &&
                 whole.parser.get().target() == in_pieces.parser.get().target(),
             "a request is the same wherever it is cut");
    if (whole.error)
        if (const auto answer = explained(whole.error, {})) judge_problem(*answer);
    if (!whole.parser.is_header_done()) return;
    const auto& header = whole.parser.get();
    if (const auto refused = refuse_framing(header)) judge_problem(*refused);
    const auto method = view(header.method_string());
    const auto target = view(header.target());
    judge_access({.method = method,
                  .target = target,
                  .host = view(header[http::field::host]),
                  .authorization = view(header[http::field::authorization]),
                  .content_type = view(header[http::field::content_type]),
                  .expect = view(header[http::field::expect])},
                 judge_route(method, target));
}

}  // namespace

}  // namespace suprsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace suprsync::fuzz;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    judge_request(text);
    // A body is read, too, where the header does not let it through.
    const auto end = text.find("\r\n\r\n");
    const std::string body(end == std::string_view::npos ? text : text.substr(end + 4));
    judge_registrations(body);
    judge_object(body);
    if (size < 128) judge_listen_address(std::string(text));
    return 0;
}
