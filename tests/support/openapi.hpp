// An OpenAPI document as a test uses it: which requests it describes, and whether an answer is as it says.
// The checker knows the part of JSON Schema that our document uses, and refuses the rest.
#pragma once

#include <boost/json/value.hpp>
#include <set>
#include <string>
#include <vector>

namespace suprsync::test {

class openapi {
  public:
    /// The text of the document; throws where it is none.
    explicit openapi(const std::string& text);

    const boost::json::object& document() const { return document_; }

    /// "GET /files/{id}", ...
    std::set<std::string> requests() const;
    /// Names of the query parameters of a request ("GET", "/files").
    std::set<std::string> query_parameters(const std::string& method, const std::string& path) const;

    /// What is wrong with an answer to a request of this path of the document; empty: nothing. Also where the
    /// document does not have this status (a `default` stands for errors) or media type.
    std::vector<std::string> faults(const std::string& method, const std::string& path, int status,
                                    const std::string& media_type, const std::string& body) const;

    /// What is wrong with a value, by a schema.
    std::vector<std::string> faults(const boost::json::value& value, const boost::json::value& schema) const;

  private:
    const boost::json::value& resolved(const boost::json::value& maybe_reference) const;
    void check(const boost::json::value& value, const boost::json::value& schema, const std::string& where,
               std::vector<std::string>& faults) const;
    void check_object(const boost::json::object& value, const boost::json::object& schema,
                      const std::string& where, std::vector<std::string>& faults) const;
    void check_array(const boost::json::array& value, const boost::json::object& schema,
                     const std::string& where, std::vector<std::string>& faults) const;

    boost::json::object document_;
};

/// One fault a line.
std::string joined(const std::vector<std::string>& faults);

}  // namespace suprsync::test
