// Reads the body of POST /files piece by piece, without building a document first, and stops at the first
// thing that is wrong: 8 MiB of anything cost no more memory than the registrations in it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/ports/service.hpp"

namespace suprsync {

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
