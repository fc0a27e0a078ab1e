#include "http/api/page_endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/shown_text.hpp"
#include "http/api/page_files.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::string_view page_name = "index.html";

// Nothing from elsewhere, nothing that stands in the page itself, and no text that becomes a part of it: what
// a file is called cannot be obeyed by the browser, even where the page has a mistake.
constexpr std::string_view policy =
    R"(default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none')";

// How index.html says what may be done from it.
constexpr std::string_view changes_something = R"(data-access="full")";
constexpr std::string_view changes_nothing = R"(data-access="read-only")";

const page_file* find_page_file(std::string_view name) {
    const auto found = std::ranges::find(page_files(), name, &page_file::name);
    return found == page_files().end() ? nullptr : &*found;
}

// `variant` tells apart what is made of one file.
http_answer shown_file(const page_file& file, std::string text, const http_request& request,
                       std::string_view variant = "") {
    const auto tag = fmt::format("\"{}{}\"", file.hash, variant);
    http_answer answer{.content_type = std::string(file.content_type)};
    answer.headers = {
        {"Content-Security-Policy", std::string(policy)},
        // Kept, and asked for again each time: another version of the daemon is another page.
        {"Cache-Control", "no-cache"},
        {"ETag", tag},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    // A tag stands in quotes: it is found only whole.
    if (request.if_none_match == "*" || request.if_none_match.find(tag) != std::string::npos)
        answer.status = 304;
    else
        answer.body = std::move(text);
    return answer;
}

}  // namespace

asio::awaitable<http_answer> get_page(service&, http_request request) {
    const auto* page = find_page_file(page_name);
    if (page == nullptr) co_return problem(404, "this program was built without its page");
    std::string text(page->text);
    if (!request.read_only) co_return shown_file(*page, std::move(text), request);
    if (const auto at = text.find(changes_something); at != std::string::npos)
        text.replace(at, changes_something.size(), changes_nothing);
    co_return shown_file(*page, std::move(text), request, "-read-only");
}

asio::awaitable<http_answer> get_page_file(service&, http_request request) {
    const auto& name = request.arguments.at(0);
    const auto* file = find_page_file(name);
    if (file == nullptr || name == page_name)
        co_return problem(404, fmt::format("the page has no file '{}'", abridged(name)));
    co_return shown_file(*file, std::string(file->text), request);
}

}  // namespace suprsync
