// The files of the page (http/page/), as they were when this was built.
#pragma once

#include <span>
#include <string_view>

namespace suprsync {

struct page_file {
    std::string_view name;          ///< "index.html"
    std::string_view content_type;  ///< a media type
    std::string_view hash;          ///< of the text: hexadecimal digits
    std::string_view text;
};

/// All there are, by name.
std::span<const page_file> page_files();

}  // namespace suprsync
