// POST /files: its body is read piece by piece, without building a document first, up to the first thing that
// is wrong: 8 MiB of anything cost no more memory than the registrations in it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// Registers one file (object) or many (array), all or none. 201 with the row or rows, in the same shape; 200
/// where all of them existed. 400 for anything wrong in the body or with a file (one that does not exist on
/// this machine included), 403 outside local_roots, 409 for a remote path that another file holds, 503 while
/// the catalog cannot take it. The problem of an array names the element in `index`.
boost::asio::awaitable<http_answer> post_files(service& service, http_request request);

struct registration_body {
    std::vector<registration_request> files;
    bool is_array = false;
};

/// What is wrong with a body; `index` where it is an element of an array.
struct body_fault {
    failure why;  ///< `invalid`
    std::optional<std::size_t> index;
};

class registration_reader {
  public:
    registration_reader();
    ~registration_reader();

    /// Takes the next piece. False when something is wrong: `fault` says what.
    bool feed(std::string_view piece);

    /// After the last piece: the body has ended. False as `feed`.
    bool finish();

    const body_fault& fault() const;

    /// What was read, once `finish` has returned true: at least one file.
    registration_body take();

  private:
    struct parser;
    std::unique_ptr<parser> parser_;
};

}  // namespace suprsync
